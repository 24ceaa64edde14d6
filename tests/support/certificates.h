// Certificates as a test wants them, wrong ones above all; made with OpenSSL and without our own
// code, so that the two are held against each other.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

namespace doorstep::testing {

struct Identity {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;

    // SHA-256 of the public key, as a ticket carries it.
    std::string pin() const {
        unsigned char* encoded = nullptr;
        const int size = i2d_PUBKEY(key.get(), &encoded);
        unsigned char digest[32];
        EVP_Digest(encoded, static_cast<std::size_t>(size), digest, nullptr, EVP_sha256(), nullptr);
        OPENSSL_free(encoded);
        return {reinterpret_cast<const char*>(digest), sizeof(digest)};
    }
    std::string pem() const {
        BIO* const memory = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(memory, certificate.get());
        char* text = nullptr;
        const long size = BIO_get_mem_data(memory, &text);
        std::string all(text, static_cast<std::size_t>(size));
        BIO_free(memory);
        return all;
    }
};

struct Wanted {
    std::string common_name = "test";
    std::string names{};  // "DNS:localhost,IP:127.0.0.1"; empty: none
    bool authority = false;
    long from_s = -86'400;  // seconds from now
    long until_s = 86'400;
};

// `issuer` null: signed by itself.
inline Identity made_certificate(const Wanted& wanted, const Identity* issuer = nullptr) {
    Identity made{{EVP_EC_gen("P-256"), EVP_PKEY_free}, {X509_new(), X509_free}};
    X509* const raw = made.certificate.get();
    X509* const above = issuer ? issuer->certificate.get() : raw;
    static long serial = 1;
    X509_set_version(raw, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(raw), wanted.from_s);
    X509_gmtime_adj(X509_getm_notAfter(raw), wanted.until_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(wanted.common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(raw, X509_get_subject_name(above));
    X509_set_pubkey(raw, made.key.get());
    const auto add = [&](int kind, const std::string& value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, above, raw, nullptr, nullptr, 0);
        X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
        if (!extension || X509_add_ext(raw, extension, -1) != 1)
            std::abort();
        X509_EXTENSION_free(extension);
    };
    add(NID_basic_constraints, wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!wanted.names.empty())
        add(NID_subject_alt_name, wanted.names);
    if (X509_sign(raw, issuer ? issuer->key.get() : made.key.get(), EVP_sha256()) <= 0)
        std::abort();
    return made;
}

}  // namespace doorstep::testing
