/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* libhdf5's way to the file: a driver over a window of an open descriptor, which knows no other file. */

#pragma once

#include <hdf5.h>

#include "reader-private.h"

G_BEGIN_DECLS

/* HDF5's ids close themselves. */
typedef hid_t AssayH5File;
typedef hid_t AssayH5Object;
typedef hid_t AssayH5Group;
typedef hid_t AssayH5Dataset;
typedef hid_t AssayH5Space;
typedef hid_t AssayH5Type;
typedef hid_t AssayH5Attribute;
typedef hid_t AssayH5Plist;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5File, H5Fclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Object, H5Oclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Group, H5Gclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Dataset, H5Dclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Space, H5Sclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Type, H5Tclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Attribute, H5Aclose, H5I_INVALID_HID)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AssayH5Plist, H5Pclose, H5I_INVALID_HID)

/**
 * assay_hdf5_prepare:
 *
 * Starts libhdf5 while files can still be opened: no plugins, no error output, no external links.
 */
void assay_hdf5_prepare (void);

/**
 * assay_hdf5_open:
 * @file: the window; copied
 * @writable: whether the descriptor may be written
 * @error: return location for an error
 *
 * Opens the window as an HDF5 file.
 *
 * Returns: a file id, or `H5I_INVALID_HID` with `ASSAY_ERROR_FORMAT`
 */
hid_t assay_hdf5_open (const AssayReaderFile *file, gboolean writable, GError **error);

/**
 * assay_hdf5_create:
 * @file: the window: an empty file, open for reading and writing; copied
 * @error: return location for an error
 *
 * Makes a new HDF5 file, in the format of HDF5 1.10, with values aligned to 4096 bytes.
 *
 * Returns: a file id, or `H5I_INVALID_HID`
 */
hid_t assay_hdf5_create (const AssayReaderFile *file, GError **error);

/* Where the last raw data lay. */
typedef struct
{
  guint64 address; /* in the window */
  guint64 size;
  guint   n; /* how many reads there were */
} AssayHdf5Noted;

/**
 * assay_hdf5_note:
 * @noted: (nullable): gets address and size of raw data that libhdf5 wants; nothing is read meanwhile. %NULL to read again.
 *
 * Lets the driver note raw reads instead of doing them.
 */
void assay_hdf5_note (AssayHdf5Noted *noted);

/**
 * assay_hdf5_fail:
 * @what: what couldn't be done, as in "The dataset “w” can’t be opened"
 *
 * Sets an error from libhdf5's innermost message, and clears its stack.
 *
 * Returns: %FALSE
 */
gboolean assay_hdf5_fail (GError **error, const char *what);

/**
 * assay_hdf5_dup_message:
 *
 * Returns: (transfer full): libhdf5's innermost message; its stack is cleared
 */
char *assay_hdf5_dup_message (void);

G_END_DECLS
