/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Choosing a class and its settings. */

#pragma once

#include <adwaita.h>
#include <assay/live-model.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_NEW_MODEL_FORM (assay_new_model_form_get_type ())
G_DECLARE_FINAL_TYPE (AssayNewModelForm, assay_new_model_form, ASSAY, NEW_MODEL_FORM, GtkWidget)

/**
 * assay_new_model_form_new:
 * @model: a model that isn't made yet
 *
 * Returns: (transfer full): a form that makes it
 */
AssayNewModelForm *assay_new_model_form_new (AssayLiveModel *model);

G_END_DECLS
