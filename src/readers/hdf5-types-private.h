/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From HDF5's datatypes to ours. */

#pragma once

#include "hdf5-driver-private.h"

G_BEGIN_DECLS

#define ASSAY_HDF5_MAX_ARRAY_RANK 8

/**
 * AssayHdf5Type:
 * @dtype: ours; `INVALID` never
 * @item_size: bytes an element takes in the file
 * @name: (nullable): what to call it where the dtype's own name doesn't tell all
 * @big_endian: the order of the bytes
 * @is_variable_string: elements are strings that lie in the heap
 * @n_array: dimensions that an array type adds to the shape
 * @array: those dimensions
 * @labels: (nullable): an enum's labels, as a JSON object
 * @reason: (nullable): why values of this type can't be had
 */
typedef struct
{
  AssayDtype dtype;
  guint32    item_size;
  char      *name;
  gboolean   big_endian;
  gboolean   is_variable_string;
  guint      n_array;
  guint64    array[ASSAY_HDF5_MAX_ARRAY_RANK];
  char      *labels;
  char      *reason;
} AssayHdf5Type;

/**
 * assay_hdf5_type_read:
 * @type: an HDF5 datatype
 * @out: (out caller-allocates): what it is
 *
 * Finds our dtype for HDF5's. Names are those that h5py gives.
 */
void assay_hdf5_type_read (hid_t type, AssayHdf5Type *out);

/**
 * assay_hdf5_type_clear:
 *
 * Frees what is in it.
 */
void assay_hdf5_type_clear (AssayHdf5Type *type);

/**
 * assay_hdf5_each_attribute:
 * @object: a group or dataset
 * @add: called for each attribute with its name and its value as JSON
 *
 * Reads all attributes of an object.
 */
void assay_hdf5_each_attribute (hid_t object, void (*add) (const char *name, const char *json, gpointer user_data), gpointer user_data);

/**
 * assay_hdf5_read_string_attribute:
 * @object: a group or dataset
 * @name: an attribute's name
 *
 * Reads one string, of any of the ways to store one.
 *
 * Returns: (transfer full) (nullable): the string, or %NULL if there is no such attribute, or it isn't one string
 */
char *assay_hdf5_read_string_attribute (hid_t object, const char *name);

/**
 * assay_hdf5_read_strings_attribute:
 * @object: a group or dataset
 * @name: an attribute's name
 *
 * Reads an array of strings, also one that is split over `name0`, `name1`… (Keras does so beyond 64 kB).
 *
 * Returns: (transfer full) (nullable): the strings, or %NULL if there is no such attribute
 */
GStrv assay_hdf5_read_strings_attribute (hid_t object, const char *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayHdf5Type, assay_hdf5_type_clear)

G_END_DECLS
