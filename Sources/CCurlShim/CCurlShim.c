#include "CCurlShim.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

CURLcode curlshim_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode curlshim_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode curlshim_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

CURLcode curlshim_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

// The size goes first: libcurl copies as many bytes as it was told, or else looks for a NUL.
CURLcode curlshim_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

CURLcode curlshim_set_error_text(CURL *easy, char *text) {
    return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text);
}

CURLcode curlshim_set_private(CURL *easy, void *value) {
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, value);
}

CURLcode curlshim_set_receiver(CURL *easy, CURLoption function, CURLoption data, curlshim_receive receive,
                               void *receiver) {
    CURLcode code = curl_easy_setopt(easy, function, receive);
    return code == CURLE_OK ? curl_easy_setopt(easy, data, receiver) : code;
}

// A child that inherits a socket keeps the connection open after we close it, and could use it.
// A unix socket refuses the TCP option; that is no reason to refuse the connection.
static int guard_socket(void *milliseconds, curl_socket_t socket, curlsocktype purpose) {
    (void)purpose;
    if (fcntl(socket, F_SETFD, FD_CLOEXEC) != 0) return CURL_SOCKOPT_ERROR;
#ifdef TCP_USER_TIMEOUT
    unsigned value = (unsigned)(uintptr_t)milliseconds;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value);
#else
    (void)milliseconds;
#endif
    return CURL_SOCKOPT_OK;
}

CURLcode curlshim_guard_sockets(CURL *easy, unsigned milliseconds) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, guard_socket);
    return code == CURLE_OK
               ? curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, (void *)(uintptr_t)milliseconds)
               : code;
}

CURLcode curlshim_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

CURLcode curlshim_get_private(CURL *easy, void **value) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, value);
}

CURLMcode curlshim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

struct start {
    void (*run)(void *);
    void *argument;
};

// With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to us, and OpenSSL writes to closed sockets with write(2).
// The signal goes to the thread that wrote, so it is enough to block it here.
static void *run_thread(void *pointer) {
    struct start start = *(struct start *)pointer;
    free(pointer);
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    start.run(start.argument);
    return NULL;
}

int curlshim_start_thread(void (*run)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) abort();
    *start = (struct start){run, argument};
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, run_thread, start);
    if (failure != 0) {
        free(start);
        return failure;
    }
    return pthread_detach(thread);
}
