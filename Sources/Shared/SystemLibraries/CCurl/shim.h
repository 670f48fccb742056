#define CURL_DISABLE_DEPRECATION
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// The library is opened with dlopen(3); from its header come the types that its functions are called by.
typedef __typeof__(curl_global_init) *curl_global_init_function;
typedef __typeof__(curl_easy_init) *curl_easy_init_function;
typedef __typeof__(curl_easy_cleanup) *curl_easy_cleanup_function;
typedef __typeof__(curl_easy_perform) *curl_easy_perform_function;
typedef __typeof__(curl_easy_strerror) *curl_easy_strerror_function;

// Swift cannot call functions with a variable number of arguments.
typedef CURLcode (*curl_easy_setopt_function)(CURL *, CURLoption, ...);
typedef CURLcode (*curl_easy_getinfo_function)(CURL *, CURLINFO, ...);
typedef size_t (*stk_curl_receiver)(char *, size_t, size_t, void *);

static inline CURLcode stk_curl_set_number(curl_easy_setopt_function set, CURL *easy, CURLoption option, long value) {
    return set(easy, option, value);
}

static inline CURLcode stk_curl_set_text(curl_easy_setopt_function set, CURL *easy, CURLoption option, const char *value) {
    return set(easy, option, value);
}

static inline CURLcode stk_curl_set_pointer(curl_easy_setopt_function set, CURL *easy, CURLoption option, void *value) {
    return set(easy, option, value);
}

static inline CURLcode stk_curl_set_receiver(
    curl_easy_setopt_function set, CURL *easy, CURLoption option, stk_curl_receiver value
) {
    return set(easy, option, value);
}

static inline CURLcode stk_curl_get_number(curl_easy_getinfo_function get, CURL *easy, CURLINFO info, long *value) {
    return get(easy, info, value);
}

static inline CURLcode stk_curl_get_text(curl_easy_getinfo_function get, CURL *easy, CURLINFO info, char **value) {
    return get(easy, info, value);
}
