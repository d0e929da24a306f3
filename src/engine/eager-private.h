/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The workspace of operations that run at once in this thread. */

#pragma once

#include <assay/eager.h>

#include "workspace-private.h"

G_BEGIN_DECLS

/* That of the room the thread is in, or the default one. */
AssayWorkspace *assay_eager_get_workspace (void);

G_END_DECLS
