/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "live-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAMES 4

char *
assay_live_floats (const char *input)
{
  GString *text = g_string_new (NULL);

  for (const char *at = input; *at != '\0';)
    {
      gsize n = strspn (at, "0123456789");

      if (n == 0)
        {
          /* What isn't a plain integer stays as it was typed. */
          n = g_ascii_isalpha (*at) || *at == '.' ? strcspn (at, "[], \t") : 1;
          g_string_append_len (text, at, n);
        }
      else if (strchr (".eExX_", at[n]) != NULL && at[n] != '\0')
        {
          n = strcspn (at, "[], \t");
          g_string_append_len (text, at, n);
        }
      else
        {
          g_string_append_len (text, at, n);
          g_string_append (text, ".0");
        }
      at += n;
    }
  return g_string_free (text, FALSE);
}

static char *
join_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len && i < MAX_NAMES; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", (const char *) names->pdata[i]);
  if (names->len > MAX_NAMES)
    g_string_append (text, ", …");
  return g_string_free (text, FALSE);
}

/* What became of the checkpoint that was restored last. */
static char *
describe_restored (AssayCheckpointStatus *status)
{
  guint n_values = 0;
  g_autoptr (GPtrArray) waiting = assay_checkpoint_status_list_waiting (status, &n_values);
  g_autofree char *names = join_names (waiting);

  if (n_values == 0)
    return NULL;
  if (waiting->len > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Deferred: %u restored value waits for its variable: %s.",
                                         "Deferred: %u restored values wait for their variables: %s.", waiting->len),
                            waiting->len, names);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Restored: the checkpoint’s %u value is in its variable.",
                                       "Restored: all %u values of the checkpoint are in their variables.", n_values),
                          n_values);
}

char *
assay_live_describe (AssayModule *module, AssayCheckpointStatus *status, gboolean saved_without_functions)
{
  GString         *text = g_string_new (NULL);
  g_autofree char *restored = status ? describe_restored (status) : NULL;

  if (!assay_builtin_module_is_built (module))
    g_string_append (text, _ ("Not built yet: variables come into being at the first call."));
  if (restored != NULL)
    g_string_append_printf (text, "%s%s", text->len ? " " : "", restored);
  if (saved_without_functions)
    g_string_append_printf (text, "%s%s", text->len ? " " : "", _ ("It was saved without functions, because it hasn’t been called yet: what is loaded can’t be called."));
  return g_string_free (text, FALSE);
}
