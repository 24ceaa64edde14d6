#include "sync/http/certificate_check.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "forms/base/calendar.h"

namespace doorstep {

namespace {

template<auto Free>
struct FreeBy {
    template<class T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
using Store = std::unique_ptr<X509_STORE, FreeBy<X509_STORE_free>>;
using StoreCtx = std::unique_ptr<X509_STORE_CTX, FreeBy<X509_STORE_CTX_free>>;

constexpr std::size_t pin_size = 32;

std::string pin_of(X509* certificate) {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
    if (size <= 0)
        return {};
    std::array<unsigned char, pin_size> digest{};
    unsigned int length = 0;
    const int done =
        EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), &length, EVP_sha256(), nullptr);
    OPENSSL_free(encoded);
    return done == 1 ? std::string(digest.begin(), digest.end()) : std::string{};
}

// Among what came with the certificate; its own key does not count.
X509* known_authority(STACK_OF(X509) * chain, X509* leaf, const std::string& pins) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        X509* const one = sk_X509_value(chain, i);
        const auto pin = X509_cmp(one, leaf) == 0 ? std::string{} : pin_of(one);
        for (std::size_t at = 0; !pin.empty() && at + pin_size <= pins.size(); at += pin_size)
            if (pins.compare(at, pin_size, pin) == 0)
                return one;
    }
    return nullptr;
}

// The last that came, which signed itself: whose it is, a person says who compares its words.
X509* authority_sent(STACK_OF(X509) * chain, X509* leaf) {
    const int count = sk_X509_num(chain);
    X509* const last = count > 0 ? sk_X509_value(chain, count - 1) : nullptr;
    const bool own = last && X509_cmp(last, leaf) != 0 && X509_self_signed(last, 1) == 1;
    return own && X509_check_ca(last) == 1 ? last : nullptr;
}

bool is_address(const std::string& host) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
    ASN1_OCTET_STRING_free(address);
    return address != nullptr;
}

bool set_terms(X509_STORE_CTX* context, const std::string& host, std::int64_t at_ms) {
    X509_VERIFY_PARAM* const terms = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(terms, static_cast<std::time_t>(at_ms / 1000));
    X509_VERIFY_PARAM_set_depth(terms, 2);
    X509_VERIFY_PARAM_set_auth_level(terms, 2);
    X509_VERIFY_PARAM_set_hostflags(terms,
                                    X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const int named = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(terms, host.c_str())
                                       : X509_VERIFY_PARAM_set1_host(terms, host.c_str(), 0);
    return named == 1 && X509_VERIFY_PARAM_set_purpose(terms, X509_PURPOSE_SSL_SERVER) == 1;
}

std::int64_t instant_ms(const ASN1_TIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(::timegm(&parts)) * 1000 : 0;
}

HttpFault fault_of(int error) {
    switch (error) {
    case X509_V_OK:
        return HttpFault::none;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return HttpFault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return HttpFault::not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return HttpFault::wrong_name;
    default:
        return HttpFault::unknown_certificate;
    }
}

// A code of X509_V_ERR_*.
int verified(X509* leaf, STACK_OF(X509) * chain, X509* authority, const std::string& host,
             std::int64_t at_ms) {
    const Store trusted(X509_STORE_new());
    const StoreCtx context(X509_STORE_CTX_new());
    if (!trusted || !context || X509_STORE_add_cert(trusted.get(), authority) != 1 ||
        X509_STORE_CTX_init(context.get(), trusted.get(), leaf, chain) != 1 ||
        !set_terms(context.get(), host, at_ms))
        return X509_V_ERR_OUT_OF_MEM;
    if (X509_verify_cert(context.get()) == 1)
        return X509_V_OK;
    const int error = X509_STORE_CTX_get_error(context.get());
    return error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
}

}  // namespace

void CertificateCheck::begin(std::int64_t at_ms) {
    at_ms_ = at_ms;
    found_ = HttpFault::none;
    detail_.clear();
}

int CertificateCheck::judge(void* asked) {
    auto* const context = static_cast<X509_STORE_CTX*>(asked);
    X509* const leaf = X509_STORE_CTX_get0_cert(context);
    STACK_OF(X509)* const chain = X509_STORE_CTX_get0_untrusted(context);
    X509* const authority = learns_ ? authority_sent(chain, leaf) : known_authority(chain, leaf, pins_);
    const int error = authority ? verified(leaf, chain, authority, host_, at_ms_)
                                : X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    found_ = fault_of(error);
    learned_ = learns_ && error == X509_V_OK ? pin_of(authority) : std::string{};
    if (found_ == HttpFault::expired)
        detail_ = fmt::format("it was good until {}, and it is {} here (UTC)",
                              instant_text(instant_ms(X509_get0_notAfter(leaf)), 0), instant_text(at_ms_, 0));
    if (found_ == HttpFault::not_yet_valid)
        detail_ =
            fmt::format("it says {} (UTC), and the endpoint's certificate begins on {}",
                        instant_text(at_ms_, 0), instant_text(instant_ms(X509_get0_notBefore(leaf)), 0));
    X509_STORE_CTX_set_error(context, error);
    return error == X509_V_OK ? 1 : 0;
}

void CertificateCheck::install(void* context) {
    auto* const ours = static_cast<SSL_CTX*>(context);
    SSL_CTX_set_verify(ours, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(
        ours,
        [](X509_STORE_CTX* asked, void* user) { return static_cast<CertificateCheck*>(user)->judge(asked); },
        this);
}

std::int64_t build_time_ms() {
    return std::int64_t{DOORSTEP_BUILD_TIME_S} * 1000;
}

std::int64_t certificate_time_ms(std::int64_t clock_ms, std::int64_t proven_ms) {
    return clock_ms >= build_time_ms() ? clock_ms : std::max(proven_ms, build_time_ms());
}

}  // namespace doorstep
