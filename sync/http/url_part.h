// A web address taken apart by libcurl.  For this room.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace doorstep {

struct CleanUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using TakenApart = std::unique_ptr<CURLU, CleanUrl>;

// Null: it is no web address.  `flags` are those of curl_url_set().
TakenApart take_apart(const std::string& address, unsigned flags = 0);
// As it is written there; empty where it has none.
std::string url_part(const TakenApart& address, CURLUPart which);

}  // namespace doorstep
