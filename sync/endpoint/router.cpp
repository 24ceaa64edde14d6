// Which request goes where, and who may send it.
#include <array>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/replies.h"
#include "sync/wire/limits.h"

namespace doorstep {

namespace {

struct Route {
    std::string_view path;
    std::string_view method;
    Result<EndpointResponse> (*answer)(Call&);
};

constexpr std::array<Route, 4> tablet_routes = {{
    {"/v1/push", "POST", &push},
    {"/v1/pull", "GET", &pull},
    {"/v1/tablet", "GET", &tablet_status},
    {"/v1/rescue", "POST", &rescue},
}};

EndpointResponse wrong_method(std::string_view allowed) {
    auto response = refusal_response(405, "bad_request", "This address does not take that method.");
    response.allow = allowed;
    return response;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Percent-encoding; what is not well-formed stays as it is and matches nothing.
std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        if (escape) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::map<std::string, std::string, std::less<>> parse_query(std::string_view query) {
    std::map<std::string, std::string, std::less<>> found;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = pair.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        found.insert_or_assign(plain(pair.substr(0, equals)), plain(value));
    }
    return found;
}

Result<EndpointResponse> for_tablet(EndpointParts& state, const EndpointRequest& request,
                                    std::string_view query, const Route& route, Transaction& transaction) {
    if (request.method != route.method)
        return wrong_method(route.method);
    TRY(auto tablet, find_tablet(transaction.sql(), request.authorization));
    if (!tablet)
        return refusal_response(
            401, "unknown_tablet",
            "The endpoint does not know this tablet. Enrol it again; nothing on it is lost.");
    if (!request.content_encoding.empty())
        return refusal_response(415, "bad_request",
                                "Content-Encoding is not taken: the frame is compressed in itself.");
    Call call{request,
              parse_query(query),
              transaction,
              state.directory,
              state.clock,
              state.store,
              state.safeguarding_key,
              std::move(*tablet),
              state.keys ? &*state.keys : nullptr,
              state.books.get()};
    return route.answer(call);
}

}  // namespace

Result<EndpointResponse> route(EndpointParts& state, const EndpointRequest& request,
                               Transaction& transaction) {
    const std::string_view target = request.target;
    const auto path = target.substr(0, target.find('?'));
    const auto query = path.size() == target.size() ? std::string_view{} : target.substr(path.size() + 1);
    if (path == "/v1/health")
        return request.method == "GET"
                   ? EndpointResponse{200, wire::content_type_json, "{\"status\":\"ok\"}", 0, {}}
                   : wrong_method("GET");
    for (const Route& one : tablet_routes)
        if (one.path == path)
            return for_tablet(state, request, query, one, transaction);
    return refusal_response(404, "bad_request", "There is nothing at this address.");
}

}  // namespace doorstep
