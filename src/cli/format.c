/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers as people read them. */

#include "cli-private.h"

#include <string.h>

/* Digits of a number, from the end of a buffer; %TRUE groups for commas between groups of three. A hundred thousand rows are printed
 * with this, so there is no printf in it. */
static char *
print_digits (char buffer[CLI_FORMAT_SIZE], guint64 n, gboolean groups, const char *suffix)
{
  char *p = buffer + CLI_FORMAT_SIZE;
  gsize n_suffix = strlen (suffix);
  guint n_digits = 0;

  p -= n_suffix + 1;
  memcpy (p, suffix, n_suffix + 1);
  do
    {
      if (groups && n_digits > 0 && n_digits % 3 == 0)
        *--p = ',';
      *--p = '0' + n % 10;
      n /= 10;
      n_digits++;
    }
  while (n > 0);
  return p;
}

char *
cli_print_digits (char buffer[CLI_FORMAT_SIZE], guint64 n)
{
  return print_digits (buffer, n, FALSE, "");
}

char *
cli_print_bytes (char buffer[CLI_FORMAT_SIZE], guint64 n_bytes)
{
  static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
  double                   value = n_bytes;
  int                      unit = -1;

  if (n_bytes < 1000)
    return print_digits (buffer, n_bytes, FALSE, " B");
  while (value >= 999.95 && unit < (int) G_N_ELEMENTS (units) - 1)
    {
      value /= 1000;
      unit++;
    }
  g_snprintf (buffer, CLI_FORMAT_SIZE, "%.1f %s", value, units[unit]);
  return buffer;
}

char *
cli_print_count (char buffer[CLI_FORMAT_SIZE], guint64 n)
{
  return print_digits (buffer, n, TRUE, "");
}

char *
cli_format_bytes (guint64 n_bytes)
{
  char buffer[CLI_FORMAT_SIZE];

  return g_strdup (cli_print_bytes (buffer, n_bytes));
}

char *
cli_format_count (guint64 n)
{
  char buffer[CLI_FORMAT_SIZE];

  return g_strdup (cli_print_count (buffer, n));
}
