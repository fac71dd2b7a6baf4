#ifndef HEADGATE_CCURL_H
#define HEADGATE_CCURL_H

// curl.h checks calls of its variadic functions with macros that Swift neither sees nor needs.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#endif
