/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A time is a count of ticks of a unit since 1970-01-01T00:00, without leap seconds, in the Gregorian calendar (as
 * numpy.datetime64). Days are counted in eras of 400 years, which all have 146,097 days, from a 1st of March. */

#include "time-text-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define NOT_A_TIME G_MININT64
#define MAX_YEAR 999999
#define DAYS_AN_ERA 146097
#define EPOCH_IN_ERA 719468 /* days from 0000-03-01 to 1970-01-01 */

typedef __int128 Ticks;

/* Calendar units count months; the others have so many ticks a day, shown to so many parts of a time. */
typedef struct
{
  const char *name;
  guint8      n_months;
  guint8      n_time_parts; /* 0: a date, 1: with hours, 2: minutes, 3: seconds */
  guint8      n_decimals;
  guint8      days_a_tick; /* 0: less than a day */
  guint32     ticks_a_day; /* of the unit without its decimals */
} Unit;

static const Unit units[] = {
  { "Y", 12, 0, 0, 0, 0 },
  { "M", 1, 0, 0, 0, 0 },
  { "W", 0, 0, 0, 7, 0 },
  { "D", 0, 0, 0, 1, 0 },
  { "h", 0, 1, 0, 0, 24 },
  { "m", 0, 2, 0, 0, 1440 },
  { "s", 0, 3, 0, 0, 86400 },
  { "ms", 0, 3, 3, 0, 86400 },
  { "us", 0, 3, 6, 0, 86400 },
  { "ns", 0, 3, 9, 0, 86400 },
  { "ps", 0, 3, 12, 0, 86400 },
  { "fs", 0, 3, 15, 0, 86400 },
  { "as", 0, 3, 18, 0, 86400 },
};

static gint64
power_of_ten (guint n)
{
  gint64 power = 1;

  while (n-- > 0)
    power *= 10;
  return power;
}

static Ticks
floor_divide (Ticks a, Ticks b)
{
  return a / b - (a % b < 0);
}

/* The unit in a name such as "datetime64[25ns]", and how many of it make a tick; NULL if there is none. */
static const Unit *
find_unit (const char *dtype_name, gint64 *multiple)
{
  const char *bracket = dtype_name ? strchr (dtype_name, '[') : NULL;
  char       *name;

  if (bracket == NULL)
    return NULL;
  *multiple = g_ascii_isdigit (bracket[1]) ? g_ascii_strtoll (bracket + 1, &name, 10) : (name = (char *) bracket + 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      gsize length = strlen (units[i].name);

      if (strncmp (name, units[i].name, length) == 0 && name[length] == ']' && *multiple > 0)
        return &units[i];
    }
  return NULL;
}

static void
date_from_days (gint64 days, gint64 *year, int *month, int *day)
{
  gint64 era = floor_divide (days + EPOCH_IN_ERA, DAYS_AN_ERA);
  int    in_era = days + EPOCH_IN_ERA - era * DAYS_AN_ERA;
  int    year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  int    in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int    from_march = (5 * in_year + 2) / 153;

  *day = in_year - (153 * from_march + 2) / 5 + 1;
  *month = from_march < 10 ? from_march + 3 : from_march - 9;
  *year = era * 400 + year_of_era + (*month <= 2);
}

static gint64
days_from_date (gint64 year, int month, int day)
{
  gint64 from_march = year - (month <= 2);
  gint64 era = floor_divide (from_march, 400);
  int    year_of_era = from_march - era * 400;
  int    in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return era * DAYS_AN_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + in_year - EPOCH_IN_ERA;
}

static Ticks
get_ticks_a_day (const Unit *unit)
{
  return (Ticks) unit->ticks_a_day * power_of_ten (unit->n_decimals);
}

static char *
format_time (const Unit *unit, Ticks ticks)
{
  Ticks    days = unit->days_a_tick ? ticks * unit->days_a_tick : floor_divide (ticks, get_ticks_a_day (unit));
  Ticks    rest = unit->days_a_tick ? 0 : ticks - days * get_ticks_a_day (unit);
  gint64   scale = power_of_ten (unit->n_decimals), whole = rest / scale, year;
  GString *text;
  int      month, day;

  if (days > MAX_YEAR * 365LL || days < -MAX_YEAR * 365LL)
    return NULL;
  date_from_days (days, &year, &month, &day);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%04" G_GINT64_FORMAT "-%02d-%02d", year, month, day);
  /* Make seconds of hours and minutes. */
  whole *= unit->ticks_a_day ? 86400 / unit->ticks_a_day : 0;
  if (unit->n_time_parts > 0)
    g_string_append_printf (text, "T%02d", (int) (whole / 3600));
  if (unit->n_time_parts > 1)
    g_string_append_printf (text, ":%02d", (int) (whole / 60 % 60));
  if (unit->n_time_parts > 2)
    g_string_append_printf (text, ":%02d", (int) (whole % 60));
  if (unit->n_decimals > 0)
    g_string_append_printf (text, ".%0*" G_GINT64_FORMAT, unit->n_decimals, (gint64) (rest % scale));
  return g_string_free (text, FALSE);
}

static char *
format_months (const Unit *unit, Ticks ticks)
{
  Ticks  months = ticks * unit->n_months;
  gint64 year = 1970 + floor_divide (months, 12);

  if (months > MAX_YEAR * 12LL || months < -MAX_YEAR * 12LL)
    return NULL;
  if (unit->n_months == 12)
    return g_strdup_printf ("%04" G_GINT64_FORMAT, year);
  return g_strdup_printf ("%04" G_GINT64_FORMAT "-%02d", year, (int) (months - (year - 1970) * 12) + 1);
}

char *
time_text_format (AssayDtype dtype, const char *dtype_name, const void *value)
{
  gint64      ticks, multiple = 1;
  const Unit *unit = find_unit (dtype_name, &multiple);
  char       *text = NULL;

  memcpy (&ticks, value, sizeof ticks);
  if (ticks == NOT_A_TIME)
    return g_strdup ("NaT");
  if (unit != NULL && dtype == ASSAY_DTYPE_TIMEDELTA64 && g_ascii_isdigit (strchr (dtype_name, '[')[1]))
    text = g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " %s", ticks, multiple, unit->name);
  else if (unit != NULL && dtype == ASSAY_DTYPE_TIMEDELTA64)
    text = g_strdup_printf ("%" G_GINT64_FORMAT " %s", ticks, unit->name);
  else if (unit != NULL)
    text = unit->n_months ? format_months (unit, (Ticks) ticks * multiple) : format_time (unit, (Ticks) ticks * multiple);
  return text ? text : g_strdup_printf ("%" G_GINT64_FORMAT, ticks);
}

static gboolean
refuse_syntax (const char *text, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” isn’t a time as in 2024-02-29T12:30:00"), text);
  return FALSE;
}

/* What a date and a time say, with as many parts as were given. */
typedef struct
{
  gint64 year;
  int    month, day;
  gint64 seconds;
  gint64 attoseconds;
} Parts;

/* Reads exactly two digits from behind a separator; TRUE without moving if the text ends. */
static gboolean
scan_two (const char **text, char separator, int low, int high, int *value)
{
  const char *p = *text;

  if (*p == '\0' || *p == 'Z')
    return TRUE;
  if (*p != separator || !g_ascii_isdigit (p[1]) || !g_ascii_isdigit (p[2]))
    return FALSE;
  *value = (p[1] - '0') * 10 + p[2] - '0';
  *text = p + 3;
  return *value >= low && *value <= high;
}

static gboolean
scan_decimals (const char **text, gint64 *attoseconds)
{
  const char *p = *text;
  guint       n = 0;

  if (*p++ != '.')
    return TRUE;
  for (; g_ascii_isdigit (*p); p++, n++)
    if (n < 18)
      *attoseconds = *attoseconds * 10 + *p - '0';
    else if (*p != '0')
      return FALSE;
  *attoseconds *= power_of_ten (18 - MIN (n, 18));
  *text = p;
  return n > 0;
}

static int
get_days_in_month (gint64 year, int month)
{
  return days_from_date (month == 12 ? year + 1 : year, month % 12 + 1, 1) - days_from_date (year, month, 1);
}

static gboolean
scan_parts (const char *text, Parts *parts)
{
  int n_year = 0, hour = 0, minute = 0, second = 0;
  int year;

  if (sscanf (text, "%7d%n", &year, &n_year) != 1 || ABS (year) > MAX_YEAR || g_ascii_isspace (*text))
    return FALSE;
  text += n_year;
  parts->year = year;
  if (!scan_two (&text, '-', 1, 12, &parts->month) || !scan_two (&text, '-', 1, 31, &parts->day))
    return FALSE;
  if (!scan_two (&text, *text == ' ' ? ' ' : 'T', 0, 23, &hour) || !scan_two (&text, ':', 0, 59, &minute) ||
      !scan_two (&text, ':', 0, 59, &second) || !scan_decimals (&text, &parts->attoseconds))
    return FALSE;
  parts->seconds = hour * 3600 + minute * 60 + second;
  return (*text == '\0' || strcmp (text, "Z") == 0) && parts->day <= get_days_in_month (parts->year, parts->month);
}

/* The time in the unit; FALSE if it isn't a whole number of it. */
static gboolean
count_units (const Unit *unit, const Parts *parts, Ticks *count)
{
  gint64 days = days_from_date (parts->year, parts->month, parts->day);
  gint64 grain;

  if (unit->n_months > 0)
    {
      *count = ((parts->year - 1970) * 12 + parts->month - 1) / unit->n_months;
      return parts->day == 1 && parts->seconds == 0 && parts->attoseconds == 0 && (unit->n_months == 1 || parts->month == 1);
    }
  if (unit->days_a_tick > 0)
    {
      *count = floor_divide (days, unit->days_a_tick);
      return parts->seconds == 0 && parts->attoseconds == 0 && *count * unit->days_a_tick == days;
    }
  grain = power_of_ten (18 - unit->n_decimals);
  *count = days * get_ticks_a_day (unit) +
           parts->seconds / (86400 / unit->ticks_a_day) * (Ticks) power_of_ten (unit->n_decimals) + parts->attoseconds / grain;
  return parts->seconds % (86400 / unit->ticks_a_day) == 0 && parts->attoseconds % grain == 0;
}

/* What may follow a number of ticks: "s", or of a multiple of the unit "× 25 s". */
static gboolean
is_unit (const Unit *unit, gint64 multiple, const char *text)
{
  gboolean times = g_str_has_prefix (text, "×");
  char    *end = (char *) text;

  if (times && g_ascii_strtoll (text + strlen ("×"), &end, 10) != multiple)
    return FALSE;
  while (*end == ' ')
    end++;
  return (times || multiple == 1) && strcmp (end, unit->name) == 0;
}

/* A number of ticks; for differences the unit may follow. */
static gboolean
scan_number (AssayDtype dtype, const Unit *unit, gint64 multiple, const char *text, gint64 *value)
{
  char *end;

  if (!g_ascii_isdigit (text[*text == '-']))
    return FALSE;
  errno = 0;
  *value = g_ascii_strtoll (text, &end, 10);
  while (*end == ' ')
    end++;
  if (errno != 0 || *value == NOT_A_TIME)
    return FALSE;
  return *end == '\0' || (dtype == ASSAY_DTYPE_TIMEDELTA64 && unit != NULL && is_unit (unit, multiple, end));
}

gboolean
time_text_parse (AssayDtype dtype, const char *dtype_name, const char *text, gint64 *value, GError **error)
{
  gint64      multiple = 1;
  const Unit *unit = find_unit (dtype_name, &multiple);
  Parts       parts = { .month = 1, .day = 1 };
  Ticks       count;

  if (g_ascii_strcasecmp (text, "NaT") == 0)
    {
      *value = NOT_A_TIME;
      return TRUE;
    }
  if (dtype == ASSAY_DTYPE_TIMEDELTA64 || unit == NULL)
    return scan_number (dtype, unit, multiple, text, value) || refuse_syntax (text, error);
  /* Four digits are a year. */
  if (!scan_parts (text, &parts))
    return scan_number (dtype, unit, multiple, text, value) || refuse_syntax (text, error);
  if (!count_units (unit, &parts, &count) || count % multiple != 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s isn’t a whole number of ticks of %s"), text, dtype_name);
      return FALSE;
    }
  count /= multiple;
  if (count > G_MAXINT64 || count <= G_MININT64)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s is too far away for %s"), text, dtype_name);
      return FALSE;
    }
  *value = count;
  return TRUE;
}
