/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* All of libassay that writes, runs, saves and loads modules. */

#pragma once

#include <assay/builtin-modules.h>
#include <assay/checkpoint.h>
#include <assay/eager.h>
#include <assay/error.h>
#include <assay/layer.h>
#include <assay/literal.h>
#include <assay/module-text.h>
#include <assay/module.h>
#include <assay/operations.h>
#include <assay/random.h>
#include <assay/saved-model.h>
#include <assay/summary.h>
