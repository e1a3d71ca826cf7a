/* transport.c: beginning TLS on a connection, without knowing OpenSSL (handle.h). */
#include "flu/builtins.h"
#include "handle.h"

/* (%tls-context? x) */
flu_value flu_tls_context_p(FLU_UNUSED flu_worker *w, flu_value v) {
    return FLU_BOOL(flu_is_handle(v, &flu_tls_class));
}

/* (%tls-begin proc c context server? name): name: of the host that the other side must prove to be, or nil. What
 * cannot begin is closed. */
flu_value flu_tls_start(flu_worker *w, FLU_UNUSED int argc, const flu_value *argv) {
    const char *proc = FLU_STR(argv[0])->bytes;
    if (!flu_is_handle(argv[1], &flu_connection_class)) return flu_type_error(w, proc, 1, "a connection", argv[1]);
    if (!flu_is_handle(argv[2], &flu_tls_class)) return flu_type_error(w, proc, 2, "a tls-context", argv[2]);
    const flu_tls_context *c = FLU_AS(flu_tls_context, argv[2]);
    flu_endpoint *h = FLU_HANDLE(argv[1]);
    flu_lock_take(w, &h->lock);
    if (h->fd < 0) return flu_handle_error(w, proc, h);
    const char *failed = c->begin(c, h, argv[3] == FLU_TRUE, argv[4] == FLU_NIL ? NULL : FLU_STR(argv[4])->bytes);
    flu_lock_release(w, &h->lock);
    if (failed == NULL) return FLU_NIL;
    flu_handle_close(w, h);
    return flu_network_error(w, proc, failed);
}

/* (%tls-handshake proc c): true once it is done; the absent argument: again. */
flu_value flu_tls_shake_hands(flu_worker *w, flu_value proc, flu_value c) {
    flu_endpoint *h = FLU_HANDLE(c);
    enum flu_direction way;
    if (flu_cancel_due(w)) return FLU_ABNORMAL;
    flu_lock_take(w, &h->lock);
    int failed = h->fd < 0 ? -2 : h->transport->handshake(h, &way);
    if (failed == -1) return flu_handle_wait(w, h, way);
    if (failed == -2) return flu_handle_error(w, FLU_STR(proc)->bytes, h);
    flu_lock_release(w, &h->lock);
    return FLU_TRUE;
}
