/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/job.h>

struct _AssayJob
{
  GObject       parent_instance;
  char         *title;
  GCancellable *cancellable;
  GMainContext *context;
  GMutex        lock; /* guards what follows */
  char         *message;
  double        fraction;
  gboolean      message_changed;
  gboolean      fraction_changed;
  gboolean      telling;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_FRACTION,
  PROP_MESSAGE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AssayJob, assay_job, G_TYPE_OBJECT)

static gboolean
tell_cb (void *data)
{
  AssayJob *self = data;
  gboolean  fraction_changed, message_changed;

  g_mutex_lock (&self->lock);
  fraction_changed = self->fraction_changed;
  message_changed = self->message_changed;
  self->fraction_changed = self->message_changed = self->telling = FALSE;
  g_mutex_unlock (&self->lock);
  if (fraction_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  if (message_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
  return G_SOURCE_REMOVE;
}

/* Called with the lock held. */
static void
tell_soon (AssayJob *self)
{
  g_autoptr (GSource) source = NULL;

  if (self->telling)
    return;
  self->telling = TRUE;
  source = g_idle_source_new ();
  g_source_set_callback (source, tell_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
}

static void
job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AssayJob *self = ASSAY_JOB (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, assay_job_get_fraction (self));
      break;
    case PROP_MESSAGE:
      g_value_take_string (value, assay_job_dup_message (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
job_finalize (GObject *object)
{
  AssayJob *self = ASSAY_JOB (object);

  g_free (self->title);
  g_free (self->message);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (assay_job_parent_class)->finalize (object);
}

static void
assay_job_class_init (AssayJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = job_get_property;
  object_class->finalize = job_finalize;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
assay_job_init (AssayJob *self)
{
  g_mutex_init (&self->lock);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
}

AssayJob *
assay_job_new (const char *title)
{
  AssayJob *self = g_object_new (ASSAY_TYPE_JOB, NULL);

  self->title = g_strdup (title);
  return self;
}

const char *
assay_job_get_title (AssayJob *self)
{
  g_return_val_if_fail (ASSAY_IS_JOB (self), NULL);
  return self->title;
}

GCancellable *
assay_job_get_cancellable (AssayJob *self)
{
  g_return_val_if_fail (ASSAY_IS_JOB (self), NULL);
  return self->cancellable;
}

void
assay_job_cancel (AssayJob *self)
{
  g_return_if_fail (ASSAY_IS_JOB (self));
  g_cancellable_cancel (self->cancellable);
}

gboolean
assay_job_is_cancelled (AssayJob *self, GError **error)
{
  return self != NULL && g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

double
assay_job_get_fraction (AssayJob *self)
{
  double fraction;

  g_return_val_if_fail (ASSAY_IS_JOB (self), 0);
  g_mutex_lock (&self->lock);
  fraction = self->fraction;
  g_mutex_unlock (&self->lock);
  return fraction;
}

void
assay_job_set_fraction (AssayJob *self, double fraction)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  fraction = CLAMP (fraction, 0.0, 1.0);
  if (self->fraction != fraction)
    {
      self->fraction = fraction;
      self->fraction_changed = TRUE;
      tell_soon (self);
    }
  g_mutex_unlock (&self->lock);
}

char *
assay_job_dup_message (AssayJob *self)
{
  char *message;

  g_return_val_if_fail (ASSAY_IS_JOB (self), NULL);
  g_mutex_lock (&self->lock);
  message = g_strdup (self->message);
  g_mutex_unlock (&self->lock);
  return message;
}

void
assay_job_set_message (AssayJob *self, const char *message)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  if (g_strcmp0 (self->message, message) != 0)
    {
      g_free (self->message);
      self->message = g_strdup (message);
      self->message_changed = TRUE;
      tell_soon (self);
    }
  g_mutex_unlock (&self->lock);
}
