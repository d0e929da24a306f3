/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-private.h"

#define SCHEMA "io.github.assay.Assay"

GSettings *
assay_settings_get (void)
{
  static gsize      ready;
  static GSettings *settings;

  if (g_once_init_enter (&ready))
    {
      GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
      GSettingsSchema       *schema = source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

      if (schema)
        settings = g_settings_new_full (schema, NULL, NULL);
      g_clear_pointer (&schema, g_settings_schema_unref);
      g_once_init_leave (&ready, 1);
    }
  return settings;
}

int
assay_settings_get_int (const char *key, int fallback)
{
  GSettings *settings = assay_settings_get ();

  return settings ? g_settings_get_int (settings, key) : fallback;
}

void
assay_settings_set_int (const char *key, int value)
{
  GSettings *settings = assay_settings_get ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_int32 (value));

  if (settings == NULL)
    return;
  g_object_get (settings, "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  if (g_settings_schema_key_range_check (schema_key, variant))
    g_settings_set_value (settings, key, variant);
}

int
assay_settings_get_choice (const char *key)
{
  GSettings *settings = assay_settings_get ();

  return settings ? g_settings_get_enum (settings, key) : 0;
}

void
assay_settings_set_choice (const char *key, int choice)
{
  GSettings *settings = assay_settings_get ();

  if (settings)
    g_settings_set_enum (settings, key, choice);
}
