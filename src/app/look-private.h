/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the pages of a variable look at. */

#pragma once

#include "slice-private.h"
#include <assay/document.h>

G_BEGIN_DECLS

/* Why a page is told to look. */
typedef enum
{
  ASSAY_LOOK_NEW,    /* at another variable */
  ASSAY_LOOK_SLICE,  /* at other axes or indices */
  ASSAY_LOOK_EDITED, /* again, since values have changed */
} AssayLookChange;

/**
 * AssayLook:
 * @document: the model
 * @node: a variable
 * @source: (nullable): its values; %NULL if they can't be had
 * @saved: (nullable): its values in the file, if it is edited
 * @slice: two axes and the other indices
 *
 * What is looked at; belongs to the variable's page.
 */
typedef struct
{
  AssayDocument *document;
  AssayNode     *node;
  AssaySource   *source;
  AssaySource   *saved;
  AssaySlice     slice;
} AssayLook;

G_END_DECLS
