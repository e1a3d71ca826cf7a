/* http_condition.c: conditional requests, ranges and types of files (http_file.h; RFC 9110, 8.3, 13 and 14). What is
 * malformed counts as absent, as the RFC has it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "flu/collections.h"
#include "flu/literal.h"
#include "http_file.h"

/* ---- dates ---- */

void flu_http_date(int64_t seconds, char text[FLU_HTTP_DATE_SIZE]) {
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm;
    time_t t = (time_t)seconds;
    if (gmtime_r(&t, &tm) == NULL) memset(&tm, 0, sizeof tm);
    snprintf(text, FLU_HTTP_DATE_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday, tm.tm_mday,
             months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Of one of the three forms that are allowed; false: it is none. */
static bool date_of(const char *text, int64_t *seconds) {
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %d %H:%M:%S %Y"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        if (end == NULL || *end != '\0') continue;
        *seconds = timegm(&tm);
        return true;
    }
    return false;
}

/* ---- tags ---- */

/* Is the tag in a list of them, or the list "*"? weak: those marked W/ count too. */
static bool has_tag(const char *list, const char *tag, bool weak) {
    size_t size = strlen(tag);
    if (strcmp(list, "*") == 0) return true;
    for (const char *at = list; *at != '\0';) {
        at += strspn(at, " \t,");
        bool is_weak = strncmp(at, "W/", 2) == 0;
        const char *start = is_weak ? at + 2 : at;
        const char *end = *start == '"' ? strchr(start + 1, '"') : NULL;
        if (end == NULL) return false;
        end++;
        if ((weak || !is_weak) && (size_t)(end - start) == size && memcmp(start, tag, size) == 0) return true;
        at = end;
    }
    return false;
}

/* ---- ranges ---- */

enum range { ALL, PART, NOTHING };

/* Digits; more than a file can have count as INT64_MAX. -1: there are none. */
static int64_t number(const char **text) {
    int64_t n = -1;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        if (n < 0) n = 0;
        n = n > (INT64_MAX - 9) / 10 ? INT64_MAX / 10 : n * 10 + (**text - '0');
    }
    return n >= INT64_MAX / 10 ? INT64_MAX : n;
}

/* One range of bytes; several, and other units, are answered by all of the file. */
static enum range range_of(const char *text, int64_t size, int64_t *start, int64_t *left) {
    if (strncasecmp(text, "bytes=", 6) != 0) return ALL;
    text += 6;
    text += strspn(text, " \t");
    int64_t first = number(&text);
    if (*text++ != '-') return ALL;
    int64_t last = number(&text);
    if (*text != '\0' || (first < 0 && last < 0) || (first >= 0 && last >= 0 && last < first)) return ALL;
    if (first < 0) {
        *left = last < size ? last : size;
        *start = size - *left;
    } else {
        if (first >= size) return NOTHING;
        *start = first;
        *left = last < 0 || last >= size ? size - first : last - first + 1;
    }
    return *left == 0 ? NOTHING : PART;
}

/* ---- conditions ---- */

static const char *header(flu_worker *w, flu_value headers, const char *name) {
    flu_value v = flu_dict_get(w, headers, flu_string_lit(w, name));
    return flu_is_string(v) ? FLU_STR(v)->bytes : NULL;
}

/* Only a tag that is strong, or the very date, shows that the client's part belongs to this file. */
static bool range_holds(const char *condition, const char *tag, int64_t modified) {
    int64_t date;
    if (condition == NULL) return true;
    if (*condition == '"') return strcmp(condition, tag) == 0;
    return date_of(condition, &date) && date == modified;
}

static bool is_before(const char *text, int64_t modified) {
    int64_t date;
    return text != NULL && date_of(text, &date) && date < modified;
}

static bool is_not_before(const char *text, int64_t modified) {
    int64_t date;
    return text != NULL && date_of(text, &date) && date >= modified;
}

int flu_http_condition(flu_worker *w, flu_value headers, bool is_get, const flu_http_file *f, int64_t *start,
                       int64_t *left) {
    const char *tag = FLU_STR(f->tag)->bytes, *match = header(w, headers, "if-match");
    const char *none = header(w, headers, "if-none-match"), *range = header(w, headers, "range");
    if (match != NULL ? !has_tag(match, tag, false) : is_before(header(w, headers, "if-unmodified-since"), f->modified))
        return 412;
    if (none != NULL ? has_tag(none, tag, true) : is_not_before(header(w, headers, "if-modified-since"), f->modified))
        return 304;
    if (!is_get || range == NULL || !range_holds(header(w, headers, "if-range"), tag, f->modified)) return 200;
    enum range kind = range_of(range, f->size, start, left);
    return kind == ALL ? 200 : kind == PART ? 206 : 416;
}

/* ---- types ---- */

const char *flu_media_type(const char *name) {
    static const struct {
        const char *ending, *type;
    } types[] = {
        {"aac", "audio/aac"},
        {"apng", "image/apng"},
        {"avif", "image/avif"},
        {"bmp", "image/bmp"},
        {"css", "text/css; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"epub", "application/epub+zip"},
        {"flac", "audio/flac"},
        {"gif", "image/gif"},
        {"gz", "application/gzip"},
        {"htm", "text/html; charset=utf-8"},
        {"html", "text/html; charset=utf-8"},
        {"ico", "image/vnd.microsoft.icon"},
        {"ics", "text/calendar; charset=utf-8"},
        {"jpeg", "image/jpeg"},
        {"jpg", "image/jpeg"},
        {"js", "text/javascript; charset=utf-8"},
        {"json", "application/json"},
        {"jsonld", "application/ld+json"},
        {"m4a", "audio/mp4"},
        {"map", "application/json"},
        {"md", "text/markdown; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"mp3", "audio/mpeg"},
        {"mp4", "video/mp4"},
        {"oga", "audio/ogg"},
        {"ogg", "audio/ogg"},
        {"ogv", "video/ogg"},
        {"opus", "audio/ogg"},
        {"otf", "font/otf"},
        {"pdf", "application/pdf"},
        {"png", "image/png"},
        {"rss", "application/rss+xml"},
        {"svg", "image/svg+xml"},
        {"tar", "application/x-tar"},
        {"tif", "image/tiff"},
        {"tiff", "image/tiff"},
        {"ttf", "font/ttf"},
        {"txt", "text/plain; charset=utf-8"},
        {"wasm", "application/wasm"},
        {"wav", "audio/wav"},
        {"weba", "audio/webm"},
        {"webm", "video/webm"},
        {"webmanifest", "application/manifest+json"},
        {"webp", "image/webp"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"xhtml", "application/xhtml+xml"},
        {"xml", "application/xml"},
        {"zip", "application/zip"},
        {"zst", "application/zstd"},
    };
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot + 1, types[i].ending) == 0) return types[i].type;
    return "application/octet-stream";
}
