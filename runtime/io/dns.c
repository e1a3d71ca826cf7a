/* dns.c: a small resolver (dns.h; RFC 1035). */
#include "dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, TRIES = 2, ANSWER_MS = 3000, PACKET_SIZE = 1500, SERVERS = 3 };

typedef struct sink {
    void (*found)(void *data, const char *address);
    void *data;
    int count;
} sink;

static void give(sink *s, const char *address) {
    s->found(s->data, address);
    s->count++;
}

/* ---- /etc/hosts ---- */

static bool line_names(char *line, const char *host, char **address) {
    static const char blanks[] = " \t\r\n";
    char *rest, *name;
    line[strcspn(line, "#")] = '\0';
    *address = strtok_r(line, blanks, &rest);
    if (*address == NULL) return false;
    while ((name = strtok_r(NULL, blanks, &rest)) != NULL)
        if (strcasecmp(name, host) == 0) return true;
    return false;
}

static void look_in_hosts(const char *host, sink *s) {
    FILE *f = fopen("/etc/hosts", "re");
    char line[1024], *address;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (line_names(line, host, &address)) give(s, address);
    if (f != NULL) fclose(f);
}

/* ---- packets ---- */

/* A question for host; its size, or 0: the name is malformed. */
static size_t question(uint8_t *p, uint16_t id, const char *host, uint16_t type) {
    uint8_t head[12] = {(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1};
    size_t n = sizeof head;
    memcpy(p, head, n);
    while (*host != '\0') {
        size_t label = strcspn(host, ".");
        if (label == 0 || label > 63 || n + label > 256) return 0;
        p[n++] = (uint8_t)label;
        memcpy(p + n, host, label);
        n += label;
        host += label + (host[label] == '.');
    }
    uint8_t end[5] = {0, 0, (uint8_t)type, 0, 1};
    memcpy(p + n, end, sizeof end);
    return n + sizeof end;
}

/* Past a name; 0: malformed. */
static size_t skip_name(const uint8_t *p, size_t size, size_t at) {
    while (at < size) {
        if (p[at] >= 0xc0) return at + 2;
        if (p[at] == 0) return at + 1;
        at += p[at] + 1u;
    }
    return 0;
}

static unsigned word(const uint8_t *p) { return (unsigned)p[0] << 8 | p[1]; }

static void read_answers(const uint8_t *p, size_t size, uint16_t type, sink *s) {
    size_t at = skip_name(p, size, 12);
    if (at == 0) return;
    at += 4;
    for (unsigned i = 0, n = word(p + 6); i < n; i++) {
        at = skip_name(p, size, at);
        if (at == 0 || at + 10 > size) return;
        unsigned kind = word(p + at), length = word(p + at + 8);
        at += 10;
        if (at + length > size) return;
        char text[INET6_ADDRSTRLEN];
        bool fits = kind == type && length == (type == TYPE_A ? 4 : 16);
        if (fits && inet_ntop(type == TYPE_A ? AF_INET : AF_INET6, p + at, text, sizeof text) != NULL) give(s, text);
        at += length;
    }
}

/* One question to one server; true: it has answered. */
static bool ask(const struct sockaddr_in *server, const char *host, uint16_t type, sink *s) {
    uint8_t packet[PACKET_SIZE];
    uint16_t id;
    if (getrandom(&id, sizeof id, 0) != sizeof id) return false;
    size_t size = question(packet, id, host, type);
    int fd = size == 0 ? -1 : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bool sent = connect(fd, (const struct sockaddr *)server, sizeof *server) == 0 && send(fd, packet, size, 0) > 0;
    struct pollfd p = {fd, POLLIN, 0};
    ssize_t n = sent && poll(&p, 1, ANSWER_MS) > 0 ? recv(fd, packet, sizeof packet, 0) : -1;
    close(fd);
    if (n < 12 || word(packet) != id || !(packet[2] & 0x80)) return false;
    read_answers(packet, (size_t)n, type, s);
    return true;
}

static int name_servers(struct sockaddr_in *servers) {
    FILE *f = fopen("/etc/resolv.conf", "re");
    char line[256], address[64];
    int n = 0;
    while (f != NULL && n < SERVERS && fgets(line, sizeof line, f) != NULL) {
        servers[n] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(53)};
        if (sscanf(line, " nameserver %63s", address) == 1 && inet_pton(AF_INET, address, &servers[n].sin_addr) == 1)
            n++;
    }
    if (f != NULL) fclose(f);
    return n;
}

const char *flu_dns_look_up(const char *host, void (*found)(void *data, const char *address), void *data) {
    sink s = {found, data, 0};
    struct sockaddr_in servers[SERVERS];
    look_in_hosts(host, &s);
    if (s.count == 0 && strcasecmp(host, "localhost") == 0) give(&s, "127.0.0.1");
    if (s.count > 0) return NULL;
    int n = name_servers(servers);
    bool answered = false;
    for (int i = 0; i < n * TRIES && !answered; i++) {
        answered = ask(&servers[i % n], host, TYPE_A, &s);
        if (answered) ask(&servers[i % n], host, TYPE_AAAA, &s);
    }
    if (s.count > 0) return NULL;
    return answered ? "Name or service not known" : "no name server answers";
}
