// Which request goes where, and who may send it.
#include <array>

#include "forms/base/encoding.h"
#include "sync/endpoint/endpoint_state.h"
#include "sync/endpoint/replies.h"
#include "sync/endpoint/signed_requests.h"
#include "sync/wire/enrolment.h"
#include "sync/wire/limits.h"
#include "sync/wire/order.h"

namespace doorstep {

namespace {

Result<EndpointResponse> health(Call&) {
    return EndpointResponse{200, wire::content_type_json, "{\"status\":\"ok\"}", 0, {}};
}

using Answer = Result<EndpointResponse>(Call&);

struct Route {
    std::string_view path;
    std::string_view method;
    CallerRole who = CallerRole::nobody;
    Answer& answer;  // a route without one does not compile either
};

constexpr std::array<Route, 10> routes = {{
    {"/v1/health", "GET", CallerRole::anyone, health},
    {wire::enrolment_path, "POST", CallerRole::anyone, ask_for_enrolment},
    {"/v1/push", "POST", CallerRole::tablet, push},
    {"/v1/pull", "GET", CallerRole::tablet, pull},
    {"/v1/tablet", "GET", CallerRole::tablet, tablet_status},
    {"/v1/rescue", "POST", CallerRole::tablet, rescue},
    {"/v1/parcels", "GET", CallerRole::tablet, parcel_list},
    {"/v1/parcel", "GET", CallerRole::tablet, parcel_part},
    {"/v1/media", "GET", CallerRole::tablet, media_stand},
    {"/v1/media", "PUT", CallerRole::tablet, media_piece},
}};

// A route that does not say who may ask for it does not compile.
constexpr bool every_route_names_its_caller() {
    for (const Route& one : routes)
        if (one.who == CallerRole::nobody)
            return false;
    return true;
}
static_assert(every_route_names_its_caller());

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

EndpointResponse revoked() {
    return refusal_response(403, "revoked",
                            "The centre ended this tablet's enrolment. Bring the tablet to the centre.");
}

// Told with every answer, until the tablet is no more.
std::string order_for(const Call& call) {
    if (call.tablet.order_mode.empty() || !call.keys)
        return {};
    wire::Order order{call.tablet.enrolment, call.tablet.order_counter,
                      call.tablet.order_mode == wire::text(wire::OrderMode::wipe) ? wire::OrderMode::wipe
                                                                                  : wire::OrderMode::retire};
    order.signature = sign(call.keys->signing, wire::order_purpose, wire::order_text(order));
    return wire::order_line(order);
}

// Who asks, or why not.  Roles that no route is for yet have no way in.
Result<Caller> caller_of(const EndpointRequest& request, CallerRole role, EndpointParts& state,
                         SqlConnection& sql, const Foreseen* foreseen) {
    switch (role) {
    case CallerRole::anyone:
        return Caller(TabletRow{});
    case CallerRole::tablet:
        return signed_by(request, sql, state.clock, foreseen);
    case CallerRole::agency:
    case CallerRole::lead:
    case CallerRole::safeguarding_lead:
    case CallerRole::administrator:
    case CallerRole::nobody:
        break;
    }
    return Caller(refusal_response(403, "forbidden", "Nobody may ask for this."));
}

Result<EndpointResponse> ask(EndpointParts& state, const EndpointRequest& request, std::string_view query,
                             const Route& route, Transaction& transaction, Foreseen* foreseen) {
    if (request.method != route.method)
        return wrong_method(route.method);
    TRY(auto caller, caller_of(request, route.who, state, transaction.sql(), foreseen));
    if (auto* refused = std::get_if<EndpointResponse>(&caller))
        return std::move(*refused);
    if (!request.content_encoding.empty())
        return refusal_response(415, "bad_request",
                                "Content-Encoding is not taken: the frame is compressed in itself.");
    auto call = call_of(state, request, transaction, std::move(std::get<TabletRow>(caller)));
    call.query = parse_query(query);
    call.foreseen = foreseen;
    TRY(auto response,
        call.tablet.revoked_ms != 0 ? Result<EndpointResponse>(revoked()) : route.answer(call));
    response.order = order_for(call);
    return response;
}

}  // namespace

Call call_of(EndpointParts& state, const EndpointRequest& request, Transaction& transaction,
             TabletRow tablet) {
    Call call{request,
              {},
              transaction,
              state.directory,
              state.clock,
              state.store,
              state.safeguarding_key,
              std::move(tablet),
              state.keys ? &*state.keys : nullptr,
              state.books.get(),
              state.min_app};
    call.epoch = state.epoch;
    return call;
}

Result<EndpointResponse> route(EndpointParts& state, const EndpointRequest& request, Transaction& transaction,
                               Foreseen* foreseen) {
    const std::string_view target = request.target;
    const auto path = target.substr(0, target.find('?'));
    const auto query = path.size() == target.size() ? std::string_view{} : target.substr(path.size() + 1);
    const Route* there = nullptr;
    for (const Route& one : routes)
        if (one.path == path && (there == nullptr || one.method == request.method))
            there = &one;
    if (there != nullptr)
        return ask(state, request, query, *there, transaction, foreseen);
    return refusal_response(404, "bad_request", "There is nothing at this address.");
}

std::vector<RouteRole> route_roles() {
    std::vector<RouteRole> found;
    for (const Route& one : routes)
        found.push_back({std::string(one.method), std::string(one.path), one.who});
    return found;
}

}  // namespace doorstep
