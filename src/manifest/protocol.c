/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "protocol-private.h"

#include <assay/error.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame-private.h"

static const char *const types[ASSAY_N_MESSAGES] = {
  [ASSAY_MESSAGE_HELLO] = "(yss)",
  [ASSAY_MESSAGE_FILE] = "(butus)",
  [ASSAY_MESSAGE_GET_CHUNKS] = "(t)",
  [ASSAY_MESSAGE_GET_STRINGS] = "(ttt)",
  [ASSAY_MESSAGE_WRITE] = "(sv)",
  [ASSAY_MESSAGE_FRAME] = ASSAY_FRAME_TYPE,
  [ASSAY_MESSAGE_ERROR] = "(us)",
  [ASSAY_MESSAGE_SIBLING] = "(s)",
  [ASSAY_MESSAGE_SCRATCH] = "(t)",
  [ASSAY_MESSAGE_CHUNKS] = "(atatauau)",
  [ASSAY_MESSAGE_STRINGS] = "(atay)",
  [ASSAY_MESSAGE_WRITTEN] = "v",
};

const char *
assay_message_get_type_string (AssayMessageType type)
{
  return type < ASSAY_N_MESSAGES ? types[type] : NULL;
}

/* Milliseconds until a moment, for poll; -1 if there is none. */
static int
remaining_ms (gint64 deadline)
{
  gint64 left = deadline - g_get_monotonic_time ();

  return deadline == 0 ? -1 : left > 0 ? (int) (left / 1000 + 1)
                                       : 0;
}

static gint64
deadline_in (int timeout_ms)
{
  return timeout_ms < 0 ? 0 : g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
}

/* Waits until something can be read or sent. */
static gboolean
wait_ready (int socket_fd, short events, gint64 deadline, GCancellable *cancellable, GError **error)
{
  struct pollfd fds[2] = { { .fd = socket_fd, .events = events }, { .fd = -1, .events = POLLIN } };
  int           n;

  if (deadline == 0 && cancellable == NULL)
    return TRUE;
  if (cancellable != NULL)
    fds[1].fd = g_cancellable_get_fd (cancellable);
  do
    n = poll (fds, 2, remaining_ms (deadline));
  while (n < 0 && errno == EINTR);
  if (fds[1].fd >= 0)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (n == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The other side doesn’t answer");
      return FALSE;
    }
  return TRUE;
}

gboolean
assay_message_wait (int socket_fd, int timeout_ms, GCancellable *cancellable, GError **error)
{
  return wait_ready (socket_fd, POLLIN, deadline_in (timeout_ms), cancellable, error);
}

static gboolean
send_all (int           socket_fd,
          const void   *data,
          gsize         n_bytes,
          int           fd,
          gint64        deadline,
          GCancellable *cancellable,
          GError      **error)
{
  const guint8 *p = data;
  int           flags = MSG_NOSIGNAL | (deadline != 0 || cancellable != NULL ? MSG_DONTWAIT : 0);

  while (n_bytes > 0)
    {
      struct iovec piece = { (void *) p, n_bytes };
      union
      {
        struct cmsghdr header;
        char           bytes[CMSG_SPACE (sizeof (int))];
      } control = { 0 };
      struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
      gssize        n;

      if (fd >= 0)
        {
          message.msg_control = control.bytes;
          message.msg_controllen = sizeof control.bytes;
          control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN (sizeof (int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
          memcpy (CMSG_DATA (&control.header), &fd, sizeof (int));
        }
      if (!wait_ready (socket_fd, POLLOUT, deadline, cancellable, error))
        return FALSE;
      n = sendmsg (socket_fd, &message, flags);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n < 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The other side is gone: %s", g_strerror (errno));
          return FALSE;
        }
      fd = -1;
      p += n;
      n_bytes -= n;
    }
  return TRUE;
}

gboolean
assay_message_send_within (int              socket_fd,
                           AssayMessageType type,
                           GVariant        *body,
                           int              fd,
                           int              timeout_ms,
                           GCancellable    *cancellable,
                           GError         **error)
{
  g_autoptr (GVariant) owned = body ? g_variant_ref_sink (body) : NULL;
  gsize   n_bytes = owned ? g_variant_get_size (owned) : 0;
  guint32 head[2] = { type, n_bytes };
  gint64  deadline = deadline_in (timeout_ms);

  if (n_bytes > ASSAY_MESSAGE_MAX)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "A message of %" G_GSIZE_FORMAT " bytes is too large", n_bytes);
      return FALSE;
    }
  return send_all (socket_fd, head, sizeof head, fd, deadline, cancellable, error) &&
         (n_bytes == 0 || send_all (socket_fd, g_variant_get_data (owned), n_bytes, -1, deadline, cancellable, error));
}

gboolean
assay_message_send (int socket_fd, AssayMessageType type, GVariant *body, int fd, GError **error)
{
  return assay_message_send_within (socket_fd, type, body, fd, -1, NULL, error);
}

static void
take_fd (struct msghdr *message, int *fd)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
      {
        int n = (c->cmsg_len - CMSG_LEN (0)) / sizeof (int);

        for (int i = 0; i < n; i++)
          {
            int got;

            memcpy (&got, CMSG_DATA (c) + i * sizeof (int), sizeof (int));
            if (fd != NULL && *fd < 0)
              *fd = got;
            else
              close (got);
          }
      }
}

static gboolean
receive_all (int           socket_fd,
             gint64        deadline,
             GCancellable *cancellable,
             void         *out,
             gsize         n_bytes,
             int          *fd,
             GError      **error)
{
  guint8 *p = out;

  while (n_bytes > 0)
    {
      struct iovec piece = { p, n_bytes };
      union
      {
        struct cmsghdr header;
        char           bytes[CMSG_SPACE (4 * sizeof (int))];
      } control;
      struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
      gssize        n;

      if (!wait_ready (socket_fd, POLLIN, deadline, cancellable, error))
        return FALSE;
      n = recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The other side is gone");
          return FALSE;
        }
      take_fd (&message, fd);
      p += n;
      n_bytes -= n;
    }
  return TRUE;
}

AssayMessageType
assay_message_receive (int           socket_fd,
                       int           timeout_ms,
                       GCancellable *cancellable,
                       GVariant    **body,
                       int          *fd,
                       GError      **error)
{
  guint32     head[2];
  guint8     *data = NULL;
  const char *type;
  gint64      deadline = deadline_in (timeout_ms);

  *body = NULL;
  if (fd != NULL)
    *fd = -1;
  if (!receive_all (socket_fd, deadline, cancellable, head, sizeof head, fd, error))
    return ASSAY_MESSAGE_NONE;
  type = assay_message_get_type_string (head[0]);
  if (head[0] == ASSAY_MESSAGE_NONE || head[0] >= ASSAY_N_MESSAGES || head[1] > ASSAY_MESSAGE_MAX || (type == NULL && head[1] != 0))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, "The reader sent what is no message");
      return ASSAY_MESSAGE_NONE;
    }
  if (type == NULL)
    return head[0];
  data = g_try_malloc (MAX (head[1], 1));
  if (data == NULL || !receive_all (socket_fd, deadline, cancellable, data, head[1], NULL, error))
    {
      if (data == NULL)
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, "There is no memory for a message of %u bytes", head[1]);
      g_free (data);
      return ASSAY_MESSAGE_NONE;
    }
  *body = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (type), data, head[1], FALSE, g_free, data));
  return head[0];
}
