#include "sync/tablet/request_signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forms/base/encoding.h"
#include "sync/vault/durable_file.h"
#include "sync/wire/order.h"

namespace doorstep {

namespace {

constexpr std::size_t seed_bytes = 32;
constexpr std::string_view file_header = "doorstep request numbers 1\n";
constexpr std::size_t file_bytes_max = 256;

Error no_seed() {
    return {Fault::bad_input, "What this tablet signs its requests with is missing or damaged.",
            "Enrol the tablet again. Its records stay as they are."};
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

const std::string* header_of(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name)
            return &value;
    return nullptr;
}

}  // namespace

// What cannot be read counts as nothing reserved: the endpoint then says where it stands.
RequestNumbers numbers_in(const std::string& file, const Uuid& enrolment) {
    const auto head = std::string(file_header) + enrolment.text() + " ";
    return {[file, head]() -> std::uint64_t {
                const auto text = read_small_file(file, file_bytes_max);
                if (!text.ok() || !text->starts_with(head) || !text->ends_with("\n"))
                    return 0;
                return number_of(std::string_view(*text).substr(head.size(), text->size() - head.size() - 1));
            },
            [file, head](std::uint64_t through) {
                return write_durably(file, head + std::to_string(through) + "\n", 0600);
            }};
}

RequestNumbers numbers_in_memory() {
    return {[] { return std::uint64_t{0}; }, [](std::uint64_t) { return Result<void>(); }};
}

RequestSigner::RequestSigner(const TabletIdentity& identity, SigningPair pair, RequestNumbers numbers)
    : enrolment_(identity.enrolment.text()), pair_(std::move(pair)), endpoint_{identity.signing_key},
      numbers_(std::move(numbers)) {
    last_ = reserved_ = numbers_.reserved_through();
}

Result<RequestSigner> RequestSigner::of(const TabletIdentity& identity, RequestNumbers numbers) {
    const auto seed = from_hex(identity.seed);
    if (!seed || seed->size() != seed_bytes || identity.signing_key.size() != seed_bytes)
        return no_seed();
    return RequestSigner(identity, SigningPair::from_seed(SecretBytes(*seed)), std::move(numbers));
}

Result<std::uint64_t> RequestSigner::next_number() {
    if (last_ == reserved_) {
        TRY_DO(numbers_.reserve(reserved_ + block));
        reserved_ += block;
    }
    return ++last_;
}

Result<HttpRequest> RequestSigner::sign(HttpRequest request, const Uuid& sign_in) {
    TRY(const auto number, next_number());
    const wire::RequestMark mark{enrolment_, std::to_string(number),
                                 sign_in.is_nil() ? std::string(wire::locked_sign_in) : sign_in.text()};
    const auto text = wire::request_text(request.method, request.path, request.body, mark);
    request.headers = {
        {wire::enrolment_header, mark.enrolment},
        {wire::number_header, mark.number},
        {wire::sign_in_header, mark.sign_in},
        {wire::signature_header, to_base64(doorstep::sign(pair_, wire::request_purpose, text))}};
    return request;
}

// An order has a signature of its own: what is left stands there by the will of the centre.
void RequestSigner::drop_false_order(HttpReply& reply) const {
    const auto found = reply.headers.find("doorstep-order");
    if (found == reply.headers.end())
        return;
    const auto order = wire::read_order(found->second, Uuid::parse(enrolment_).value_or(Uuid{}));
    if (!order || !verify(endpoint_, wire::order_purpose, wire::order_text(*order), order->signature))
        reply.headers.erase(found);
}

void RequestSigner::prove(const HttpRequest& sent, HttpReply& reply) const {
    reply.proven = false;
    drop_false_order(reply);
    const auto found = reply.headers.find("doorstep-signature");
    const auto signature = found == reply.headers.end() ? std::nullopt : from_base64(found->second);
    if (!signature)
        return;
    const auto mark = mark_of(sent);
    const auto asked = Sha256::of(wire::request_text(sent.method, sent.path, sent.body, mark));
    reply.proven = verify(endpoint_, wire::reply_purpose,
                          wire::reply_text(reply.status, reply.body, asked, mark), *signature);
}

bool RequestSigner::takes_number(const HttpReply& reply) {
    if (!reply.proven || reply.status != 409)
        return false;
    const auto refusal = wire::decode_refusal(reply.body);
    if (!refusal.ok() || refusal->code != "request_number" || refusal->expected <= last_)
        return false;
    last_ = refusal->expected - 1;
    reserved_ = std::max(last_, reserved_);
    // What was reserved beyond it, if anything, is still ours.
    return true;
}

wire::RequestMark mark_of(const HttpRequest& request) {
    const auto text = [&](const char* name) {
        const auto* found = header_of(request, name);
        return found ? *found : std::string{};
    };
    return {text(wire::enrolment_header), text(wire::number_header), text(wire::sign_in_header),
            text(wire::signature_header)};
}

Result<HttpReply> SignedClient::exchange(const HttpRequest& request) {
    fault_ = HttpFault::none;
    for (bool again = false;; again = true) {
        TRY(const auto signed_one, signer_.sign(request, sign_in_));
        auto reply = inner_.exchange(signed_one);
        fault_ = inner_.fault();
        if (!reply.ok())
            return reply;
        signer_.prove(signed_one, *reply);
        if (again || !signer_.takes_number(*reply))
            return reply;
    }
}

}  // namespace doorstep
