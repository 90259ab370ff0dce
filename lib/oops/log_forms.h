/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_LOG_FORMS_H
#define OOPS_LOG_FORMS_H

#include "oops/log.h"

/* What loggers put before a message, one file for each family. */

enum log_peel {
	PEEL_NOT,  /* no such prefix; the record is as it was */
	PEEL_MORE, /* taken off; another may follow */
	PEEL_LAST, /* taken off, and what follows is the message */
	PEEL_DROP, /* not of the kernel */
};

/* log_clean.c: the line without escape sequences and control bytes; the line itself where it has none. */
struct span log_clean(struct log *log, struct span line, bool *ret_damaged);

/* log_printk.c: "[    4.303213][    T22] ", "<4>", and their kin: what the kernel, dmesg and vendors write. */
enum log_peel log_peel_level(struct log_record *record);
enum log_peel log_peel_time(struct log *log, struct log_record *record);
enum log_peel log_peel_dmesg(struct log_record *record); /* "kern  :warn  : " */
/* Where "[    4.303213] " stands behind what a program left on the line. */
bool log_find_time(struct log *log, struct log_record *record);

/* log_syslog.c: dates, hosts and tags of syslog and the journal. */
enum log_peel log_peel_clock(struct log_record *record); /* "[Sun Nov 22 09:31:01 2026] " */
enum log_peel log_peel_syslog(struct log_record *record);
enum log_peel log_peel_number(struct log_record *record); /* those that begin with a digit */
/* "<4>1 2026-11-22T09:31:01Z host kernel - - - ", behind "<4>" */
enum log_peel log_peel_rfc5424(struct log_record *record);

/* log_kmsg.c: "4,464,13056919,-;text"; text is unescaped and may hold newlines. */
enum log_peel log_peel_kmsg(struct log *log, struct log_record *record);
/* " SUBSYSTEM=pci" behind such a record. */
bool log_is_dictionary(struct span line);

/* log_json.c: {"MESSAGE":"text",...}; text is unescaped and may hold newlines. Not inside of one another. */
enum log_peel log_peel_json(struct log *log, struct log_record *record);

/* log_prefix.c: all of these. False where it is no message of the kernel. */
bool log_peel(struct log *log, struct log_record *record);

/* log_journal.c: journalctl -o export. False where the line is of no entry. newline: the line ended in one. */
bool log_take_export(struct log *log, struct span line, const struct log_record *record);
void log_end_entry(struct log *log);

/* log_dump.c: the headings of parts of a pstore dump. */
bool log_take_part(struct log *log, struct span line);

/* log_mail.c: "=" at the end of a line. True where the line waits for the next one. */
bool log_take_mail(struct log *log, struct span *line, struct log_record *record);

/* Hands on the record, one for each line of its text. */
void log_emit(struct log *log, struct log_record *record);

/* The words and signs that prefixes are made of; each moves *text on where it finds what it looks for. */
bool log_scan_digits(struct span *text, unsigned int least, unsigned int most);
bool log_scan_clock(struct span *text);   /* 09:31:01, 09:31:01.123456, 09:31:01,123 */
bool log_scan_date(struct span *text);    /* 2026-11-22 */
bool log_scan_month(struct span *text);   /* Nov */
bool log_scan_weekday(struct span *text); /* Sun */
bool log_scan_seconds(struct span *text, uint64_t *ret_microseconds); /* 12690.42 */

#endif
