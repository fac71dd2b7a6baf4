// Swift does not import variadic C functions, and libcurl sets and reads every option through one.
// Here is one typed function per kind of argument, so that a wrong kind is an error of the compiler.

#ifndef HEADGATE_CCURLSHIM_H
#define HEADGATE_CCURLSHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

/// Takes `count` bytes; returns `count`, or less to fail the transfer, or CURL_WRITEFUNC_PAUSE.
typedef size_t (*curlshim_receive)(char *bytes, size_t size, size_t count, void *receiver);

CURLcode curlshim_set_long(CURL *easy, CURLoption option, long value);
CURLcode curlshim_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode curlshim_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
/// libcurl copies the bytes.
CURLcode curlshim_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count);
/// Sets the bytes to send, which libcurl copies. `bytes` may not be NULL, even for no bytes.
CURLcode curlshim_set_body(CURL *easy, const void *bytes, size_t count);
CURLcode curlshim_set_error_text(CURL *easy, char *text);
CURLcode curlshim_set_private(CURL *easy, void *value);
CURLcode curlshim_set_receiver(CURL *easy, CURLoption function, CURLoption data, curlshim_receive receive,
                               void *receiver);
/// Keeps each socket from child processes, and gives up a TCP connection whose peer has acknowledged
/// nothing for `milliseconds` (Linux).
CURLcode curlshim_guard_sockets(CURL *easy, unsigned milliseconds);

CURLcode curlshim_get_offset(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode curlshim_get_private(CURL *easy, void **value);

CURLMcode curlshim_multi_set_long(CURLM *multi, CURLMoption option, long value);

/// Starts a detached thread that SIGPIPE can't kill; returns 0 or an errno.
int curlshim_start_thread(void (*run)(void *), void *argument);

#endif
