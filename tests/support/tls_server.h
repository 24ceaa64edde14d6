// A server on loopback that seals as a test wants it, and answers what the test tells it to.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/listening_socket.h"

namespace doorstep::testing {

class TlsServer {
public:
    // From the whole request to the bytes of the answer; the connection stays until the other side
    // goes.  Runs on the server's thread.
    using Script = std::function<std::string(const std::string&)>;
    using Prepare = std::function<void(SSL_CTX*)>;

    // `chain`: what is sent along with the certificate.
    TlsServer(const Identity& shown, const std::vector<Identity>& chain, Script script,
              const Prepare& prepare = {})
        : script_(std::move(script)), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
        std::signal(SIGPIPE, SIG_IGN);
        SSL_CTX_use_certificate(context_.get(), shown.certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), shown.key.get());
        for (const auto& one : chain)
            SSL_CTX_add1_chain_cert(context_.get(), one.certificate.get());
        if (prepare)
            prepare(context_.get());
        thread_ = std::thread([this] { serve(); });
    }
    ~TlsServer() {
        ending_ = true;
        thread_.join();
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    int port() const { return listening_.port(); }
    std::string address(const std::string& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(port());
    }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        while (!ending_) {
            const int caller = listening_.next_caller();
            if (caller < 0)
                continue;
            const timeval patience{2, 0};
            ::setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
            SSL* const session = SSL_new(context_.get());
            SSL_set_fd(session, caller);
            if (SSL_accept(session) == 1)
                talk(session);
            SSL_free(session);
            ::close(caller);
        }
    }
    void talk(SSL* session) {
        std::string came;
        while (!ending_ && read_request(session, came)) {
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(came);
            }
            const auto reply = script_(came);
            if (reply.empty() || SSL_write(session, reply.data(), static_cast<int>(reply.size())) <= 0)
                return;
        }
        SSL_shutdown(session);
    }
    bool read_request(SSL* session, std::string& request) {
        request.clear();
        char part[4096];
        while (!ending_) {
            if (is_whole_request(request))
                return true;
            const int got = SSL_read(session, part, sizeof(part));
            if (got <= 0)
                return false;
            request.append(part, static_cast<std::size_t>(got));
        }
        return false;
    }

    Script script_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    ListeningSocket listening_;
    std::atomic<bool> ending_ = false;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace doorstep::testing
