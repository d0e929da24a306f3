/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "write-mode-private.h"

#include <gio/gio.h>
#include <string.h>

#include "../manifest/protocol-private.h"
#include "reader-private.h"
#include <assay/error.h>

int
assay_write_mode_serve (int socket_fd, int fd, const char *name)
{
  for (;;)
    {
      g_autoptr (GVariant) body = NULL;

      if (assay_message_receive (socket_fd, -1, NULL, &body, NULL, NULL) != ASSAY_MESSAGE_WRITE)
        return 0;
      if (!assay_message_send (socket_fd, ASSAY_MESSAGE_ERROR,
                               g_variant_new ("(us)", (guint32) ASSAY_ERROR_UNSUPPORTED, "No such command"), -1, NULL))
        return 0;
    }
}
