/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user's settings. Without an installed schema everything works, but nothing is remembered. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * assay_settings_get:
 *
 * Returns: (transfer none) (nullable): the settings, %NULL if the schema isn't installed
 */
GSettings *assay_settings_get (void);

/**
 * assay_settings_get_int:
 * @key: a key
 * @fallback: what stands where there are no settings
 *
 * Returns: its value
 */
int assay_settings_get_int (const char *key, int fallback);

/**
 * assay_settings_set_int:
 * @key: a key
 * @value: its value, cut to the key's range
 *
 * Remembers a number.
 */
void assay_settings_set_int (const char *key, int value);

/**
 * assay_settings_get_choice:
 * @key: a key that is one of several words
 *
 * Returns: the number of the word; 0 where there are no settings
 */
int assay_settings_get_choice (const char *key);

/**
 * assay_settings_set_choice:
 * @key: a key that is one of several words
 * @choice: the number of the word
 *
 * Remembers a choice.
 */
void assay_settings_set_choice (const char *key, int choice);

G_END_DECLS
