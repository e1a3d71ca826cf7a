/* dns.h: addresses of hosts, for programs that are linked statically: there getaddrinfo would need the shared libraries
 * of the machine. Knows /etc/hosts, and asks the name servers of /etc/resolv.conf. */
#ifndef FLU_DNS_H
#define FLU_DNS_H

/* Calls found(data, address) with each address of host, in numbers. NULL, or why there is none. Blocks for some seconds
 * at most; to be called on a thread of its own. */
const char *flu_dns_look_up(const char *host, void (*found)(void *data, const char *address), void *data);

#endif
