/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The program: one instance, its windows, its actions. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_APPLICATION (assay_application_get_type ())
G_DECLARE_FINAL_TYPE (AssayApplication, assay_application, ASSAY, APPLICATION, AdwApplication)

/**
 * assay_application_new:
 *
 * Returns: (transfer full): the program
 */
AssayApplication *assay_application_new (void);

G_END_DECLS
