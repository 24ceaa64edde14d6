#include "sync/listener/certificates.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

template<auto Free>
struct FreeBy {
    template<class T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
template<class T, auto Free>
using Owned = std::unique_ptr<T, FreeBy<Free>>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Number = Owned<BIGNUM, BN_clear_free>;
using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;
using Certificate = Owned<X509, X509_free>;
using Memory = Owned<BIO, BIO_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;

constexpr std::size_t key_size = 32;
constexpr const char* curve = "P-256";

Error openssl_failed() {
    ERR_clear_error();
    return {Fault::broken, "A certificate could not be made.",
            "Check the memory and OpenSSL of this machine."};
}

Group group() {
    return Group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
}

bool is_private_key(const SecretBytes& bytes) {
    const auto p256 = group();
    const Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    return p256 && number && bytes.size() == key_size && !BN_is_zero(number.get()) &&
           BN_cmp(number.get(), EC_GROUP_get0_order(p256.get())) < 0;
}

// The point of that number, uncompressed; empty when it cannot be had.
std::string public_half(const BIGNUM* number) {
    const auto p256 = group();
    const Point point(p256 ? EC_POINT_new(p256.get()) : nullptr);
    std::array<unsigned char, 65> bytes{};
    if (!point || EC_POINT_mul(p256.get(), point.get(), number, nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(p256.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(),
                           nullptr) != bytes.size())
        return {};
    return {bytes.begin(), bytes.end()};
}

Key key_of(const SecretBytes& private_key) {
    const Number number(BN_secure_new());
    if (!number || !BN_bin2bn(private_key.data(), static_cast<int>(private_key.size()), number.get()))
        return nullptr;
    const auto half = public_half(number.get());
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> parts(OSSL_PARAM_BLD_new());
    if (half.empty() || !parts ||
        OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) != 1 ||
        OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, half.data(), half.size()) != 1)
        return nullptr;
    const Owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(parts.get()));
    const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> making(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* made = nullptr;
    if (!params || !making || EVP_PKEY_fromdata_init(making.get()) != 1 ||
        EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_KEYPAIR, params.get()) != 1)
        return nullptr;
    return Key(made);
}

std::string drained(BIO* memory) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string{};
}

Certificate certificate_in(const std::string& pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool is_ip(const std::string& name) {
    std::array<unsigned char, 16> bytes{};
    return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

bool add_extension(X509* to, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

// Positive, and as random as a serial number must be.
bool set_serial(X509* certificate) {
    std::string bytes = random_bytes(16);
    bytes.front() = static_cast<char>(bytes.front() & 0x7f);
    const Number number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_times(X509* certificate, const CertificateTerms& terms) {
    const std::time_t from = static_cast<std::time_t>(terms.from_ms / 1000);
    const std::time_t until = static_cast<std::time_t>(terms.until_ms / 1000);
    return ASN1_TIME_adj(X509_getm_notBefore(certificate), from, 0, 0) != nullptr &&
           ASN1_TIME_adj(X509_getm_notAfter(certificate), until, 0, 0) != nullptr;
}

bool set_name(X509* certificate, const std::string& common_name) {
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                                      0) == 1;
}

bool is_name(const std::string& name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") ==
               std::string::npos;
}

// All but the issuer, the extensions and the signature.
Certificate begun(const Key& key, const CertificateTerms& terms) {
    Certificate made(X509_new());
    if (!made || !key || X509_set_version(made.get(), X509_VERSION_3) != 1 || !set_serial(made.get()) ||
        !set_times(made.get(), terms) || !set_name(made.get(), terms.common_name) ||
        X509_set_pubkey(made.get(), key.get()) != 1)
        return nullptr;
    return made;
}

Result<std::string> signed_pem(X509* certificate, EVP_PKEY* key) {
    const Memory memory(BIO_new(BIO_s_mem()));
    if (X509_sign(certificate, key, EVP_sha256()) <= 0 || !memory ||
        PEM_write_bio_X509(memory.get(), certificate) != 1)
        return openssl_failed();
    return drained(memory.get());
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names)
        all += (all.empty() ? "" : ",") + std::string(is_ip(name) ? "IP:" : "DNS:") + name;
    return all;
}

bool stands_for(X509* certificate, const std::string& name) {
    return is_ip(name) ? X509_check_ip_asc(certificate, name.c_str(), 0) == 1
                       : X509_check_host(certificate, name.data(), name.size(),
                                         X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

}  // namespace

SecretBytes make_private_key() {
    for (;;)
        if (auto bytes = SecretBytes::random(key_size); is_private_key(bytes))
            return bytes;
}

SecretBytes private_key_from(const SecretBytes& secret, std::string_view purpose) {
    for (std::string turn;; turn += '+')
        if (auto bytes = derive(secret, purpose, turn); is_private_key(bytes))
            return bytes;
}

Result<std::string> pin_of(const SecretBytes& private_key) {
    const auto key = key_of(private_key);
    unsigned char* encoded = nullptr;
    const int size = key ? i2d_PUBKEY(key.get(), &encoded) : 0;
    if (size <= 0)
        return openssl_failed();
    std::array<unsigned char, 32> digest{};
    const bool done = EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), nullptr,
                                 EVP_sha256(), nullptr) == 1;
    OPENSSL_free(encoded);
    return done ? Result<std::string>(std::string(digest.begin(), digest.end())) : openssl_failed();
}

Result<std::string> authority_certificate(const SecretBytes& private_key, const CertificateTerms& terms) {
    const auto key = key_of(private_key);
    const auto made = begun(key, terms);
    if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) != 1 ||
        !add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash"))
        return openssl_failed();
    return signed_pem(made.get(), key.get());
}

Result<std::string> server_certificate(const SecretBytes& private_key, const CertificateTerms& terms,
                                       const SecretBytes& authority_key, const std::string& authority) {
    const auto key = key_of(private_key);
    const auto signing = key_of(authority_key);
    const auto issuer = certificate_in(authority);
    const auto made = begun(key, terms);
    if (!made || !signing || !issuer || X509_check_private_key(issuer.get(), signing.get()) != 1 ||
        X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) != 1 ||
        !add_extension(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
        !add_extension(made.get(), issuer.get(), NID_ext_key_usage, "serverAuth") ||
        !add_extension(made.get(), issuer.get(), NID_authority_key_identifier, "keyid"))
        return openssl_failed();
    if (!std::all_of(terms.names.begin(), terms.names.end(), is_name) ||
        !add_extension(made.get(), issuer.get(), NID_subject_alt_name, alternative_names(terms.names)))
        return Error{Fault::bad_input, "A name for the certificate is neither a host's name nor an address.",
                     "Check --name and --address."};
    return signed_pem(made.get(), signing.get());
}

Result<SecretBytes> private_key_pem(const SecretBytes& private_key) {
    const auto key = key_of(private_key);
    const Memory memory(BIO_new(BIO_s_secmem()));
    char* text = nullptr;
    if (!key || !memory ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return openssl_failed();
    const long size = BIO_get_mem_data(memory.get(), &text);
    SecretBytes pem(std::string_view(text, static_cast<std::size_t>(size)));
    OPENSSL_cleanse(text, static_cast<std::size_t>(size));
    return pem;
}

bool still_serves(const ServerCertificate& certificate, const std::string& authority,
                  const std::vector<std::string>& names, std::int64_t until_ms) {
    const auto leaf = certificate_in(certificate.chain);
    const auto issuer = certificate_in(authority);
    const auto key = key_of(certificate.key);
    const std::time_t until = static_cast<std::time_t>(until_ms / 1000);
    EVP_PKEY* const signing = issuer ? X509_get0_pubkey(issuer.get()) : nullptr;
    bool serves = leaf && key && signing && X509_check_private_key(leaf.get(), key.get()) == 1 &&
                  X509_verify(leaf.get(), signing) == 1 &&
                  ASN1_TIME_cmp_time_t(X509_get0_notAfter(leaf.get()), until) > 0;
    for (const auto& name : names)
        serves = serves && stands_for(leaf.get(), name);
    ERR_clear_error();
    return serves;
}

std::shared_ptr<ssl_ctx_st> server_context(const ServerCertificate& certificate) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const auto leaf = certificate_in(certificate.chain);
    const auto rest = certificate.chain.find("-----BEGIN", 1);
    auto authority = rest == std::string::npos ? nullptr : certificate_in(certificate.chain.substr(rest));
    const auto key = key_of(certificate.key);
    if (!context || !leaf || !authority || !key)
        return nullptr;
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    const bool set = SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
                     SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
                     SSL_CTX_set_num_tickets(context.get(), 0) == 1 &&
                     SSL_CTX_set_max_early_data(context.get(), 0) == 1 &&
                     SSL_CTX_set1_groups_list(context.get(), "X25519:P-256") == 1 &&
                     SSL_CTX_use_certificate(context.get(), leaf.get()) == 1 &&
                     SSL_CTX_add1_chain_cert(context.get(), authority.get()) == 1 &&
                     SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1 &&
                     SSL_CTX_check_private_key(context.get()) == 1;
    return set ? context : nullptr;
}

}  // namespace doorstep
