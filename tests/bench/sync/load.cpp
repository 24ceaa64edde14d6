#include "tests/bench/sync/load.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

#include "sync/http/certificate_check.h"
#include "sync/tablet/request_signer.h"
#include "sync/wire/messages.h"

namespace doorstep::bench {

namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Line = net::ssl::stream<tcp::socket>;
using Moment = std::chrono::steady_clock::time_point;

constexpr int pieces = 10;
constexpr std::size_t header_bytes_max = 16 * 1024;

double ms_since(Moment begun) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

struct Load {
    const std::vector<LoadTablet>& tablets;
    const LoadOptions& options;
    CertificateCheck check;
    LoadOutcome outcome;
    std::size_t ended = 0;
    Moment begun{};
    net::io_context io{1};
    net::ssl::context context{net::ssl::context::tls_client};

    Load(const std::vector<LoadTablet>& crowd, const LoadOptions& how)
        : tablets(crowd), options(how), check(how.pins, "127.0.0.1") {
        check.begin(SystemClock().now_ms());
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
        SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
        check.install(context.native_handle());
    }
};

// A tablet under way.
struct Visitor {
    const LoadTablet* tablet = nullptr;
    RequestSigner signer;
    std::vector<HttpRequest> signed_ones{};
    std::vector<HttpReply> replies{};
    std::string problem{};
};

std::string head_of(const HttpRequest& request, int port) {
    std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: */*\r\n", request.method,
                                   request.path, port);
    for (const auto& [name, value] : request.headers)
        head += fmt::format("{}: {}\r\n", name, value);
    if (request.method != "GET")
        head += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", request.content_type,
                            request.body.size());
    return head + "\r\n";
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

HttpReply read_head(std::string_view head) {
    HttpReply reply;
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12)
        throw std::runtime_error("what answered does not speak HTTP");
    reply.status = std::atoi(std::string(head.substr(9, 3)).c_str());
    for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
        at += 2;
        const auto line = head.substr(at, head.find("\r\n", at) - at);
        if (const auto colon = line.find(": "); colon != std::string_view::npos)
            reply.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    }
    return reply;
}

net::awaitable<HttpReply> read_reply(Line& line, std::string& buffer) {
    const auto end = co_await net::async_read_until(line, net::dynamic_buffer(buffer, header_bytes_max * 300),
                                                    "\r\n\r\n", net::use_awaitable);
    HttpReply reply = read_head(std::string_view(buffer).substr(0, end));
    buffer.erase(0, end);
    const auto said = reply.headers.find("content-length");
    if (said == reply.headers.end())
        throw std::runtime_error("an answer does not say how long it is");
    const auto length = static_cast<std::size_t>(std::atoll(said->second.c_str()));
    if (buffer.size() < length) {
        const auto have = buffer.size();
        buffer.resize(length);
        co_await net::async_read(line, net::buffer(buffer.data() + have, length - have), net::use_awaitable);
    }
    reply.body = buffer.substr(0, length);
    buffer.erase(0, length);
    co_return reply;
}

net::awaitable<void> send(Line& line, const HttpRequest& request, const LoadOptions& options) {
    const auto head = head_of(request, options.port);
    if (options.dribble.count() == 0 || request.body.empty()) {
        const std::string whole = head + request.body;
        co_await net::async_write(line, net::buffer(whole), net::use_awaitable);
        co_return;
    }
    co_await net::async_write(line, net::buffer(head), net::use_awaitable);
    net::steady_timer timer(line.get_executor());
    const auto step = request.body.size() / pieces + 1;
    for (std::size_t at = 0; at < request.body.size(); at += step) {
        timer.expires_after(options.dribble / pieces);
        co_await timer.async_wait(net::use_awaitable);
        const auto size = std::min(step, request.body.size() - at);
        co_await net::async_write(line, net::buffer(request.body.data() + at, size), net::use_awaitable);
    }
}

// Nothing: the answer is what it must be.
std::string wrong_with(const HttpReply& reply, const Ask& asked) {
    if (!reply.proven)
        return fmt::format("an answer ({}) is not signed by the endpoint", reply.status);
    if (reply.status != 200)
        return fmt::format("an answer is {}: {}", reply.status,
                           reply.body.substr(0, std::min<std::size_t>(reply.body.size(), 200)));
    if (asked.acked_through == 0)
        return {};
    const auto told = wire::decode_push_reply(reply.body);
    if (!told.ok())
        return told.error().text();
    if (told->acked_through != asked.acked_through || told->chain != asked.chain)
        return "an acknowledgement is not of what was pushed";
    return told->quarantined.empty() ? std::string{}
                                     : "something was set aside: " + told->quarantined.front().reason;
}

void count_error(LoadOutcome& outcome, const std::string& what) {
    ++outcome.errors;
    if (outcome.first_error.empty())
        outcome.first_error = what;
}

net::awaitable<void> ask_all(Load& load, Visitor& visitor, Line& line) {
    std::string buffer;
    for (const auto& request : visitor.signed_ones) {
        const auto asked_at = std::chrono::steady_clock::now();
        co_await send(line, request, load.options);
        visitor.replies.push_back(co_await read_reply(line, buffer));
        load.outcome.answer_ms.push_back(ms_since(asked_at));
    }
}

net::awaitable<void> visit(Load& load, Visitor& visitor) {
    try {
        const auto begun = std::chrono::steady_clock::now();
        Line line(load.io, load.context);
        auto& socket = line.next_layer();
        socket.open(tcp::v4());
        socket.bind({net::ip::make_address(visitor.tablet->from), 0});
        co_await socket.async_connect(
            {net::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(load.options.port)},
            net::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        co_await line.async_handshake(net::ssl::stream_base::client, net::use_awaitable);
        co_await ask_all(load, visitor, line);
        load.outcome.tablet_ms.push_back(ms_since(begun));
        load.outcome.seconds = ms_since(load.begun) / 1e3;
    } catch (const std::exception& problem) {
        visitor.problem = problem.what();
    }
    if (++load.ended == load.tablets.size())
        load.io.stop();
}

// Before the clock starts: a tablet has a processor of its own for it.
Result<std::vector<Visitor>> signed_visitors(const std::vector<LoadTablet>& tablets) {
    std::vector<Visitor> visitors;
    for (const auto& tablet : tablets) {
        TRY(auto signer, RequestSigner::of(*tablet.identity, numbers_in_memory()));
        Visitor visitor{&tablet, std::move(signer)};
        for (const auto& ask : tablet.asks) {
            TRY(auto one, visitor.signer.sign(ask.request, Uuid{}));
            visitor.signed_ones.push_back(std::move(one));
        }
        visitors.push_back(std::move(visitor));
    }
    return visitors;
}

// After it stopped, for the same reason.
void prove(Visitor& visitor, LoadOutcome& outcome) {
    if (!visitor.problem.empty())
        return count_error(outcome, visitor.problem);
    if (visitor.replies.size() < visitor.signed_ones.size())
        return count_error(outcome, "a tablet had no answer in all that time");
    for (std::size_t i = 0; i < visitor.replies.size(); ++i) {
        visitor.signer.prove(visitor.signed_ones[i], visitor.replies[i]);
        if (const auto wrong = wrong_with(visitor.replies[i], visitor.tablet->asks[i]); !wrong.empty())
            return count_error(outcome, wrong);
    }
}

// A socket for each tablet.
void ask_for_descriptors(std::size_t tablets) {
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur >= tablets + 128)
        return;
    const rlimit more{std::min<rlim_t>(tablets + 128, now.rlim_max), now.rlim_max};
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &more));
}

}  // namespace

Ask ask_push(const PreparedPush& push) {
    return {{"POST", "/v1/push", wire::content_type_frame, push.frame}, push.acked_through, push.chain};
}

Ask ask_status() {
    return {{"GET", "/v1/tablet", "", ""}};
}

Ask ask_pull(const Uuid& epoch, std::uint64_t cursor, int limit) {
    return {
        {"GET", fmt::format("/v1/pull?epoch={}&cursor={}&limit={}", epoch.text(), cursor, limit), "", ""}};
}

std::string address_of(std::size_t nth) {
    return fmt::format("127.{}.{}.{}", 1 + nth % 7, nth / 200 % 250, 2 + nth % 200);
}

Result<LoadOutcome> run_load(const std::vector<LoadTablet>& tablets, const LoadOptions& options) {
    ask_for_descriptors(tablets.size());
    TRY(auto visitors, signed_visitors(tablets));
    Load load(tablets, options);
    load.begun = std::chrono::steady_clock::now();
    for (auto& visitor : visitors)
        net::co_spawn(load.io, visit(load, visitor), net::detached);
    load.io.run_for(options.patience);
    if (load.ended < tablets.size())
        load.outcome.seconds = ms_since(load.begun) / 1e3;
    for (auto& visitor : visitors)
        prove(visitor, load.outcome);
    return std::move(load.outcome);
}

}  // namespace doorstep::bench
