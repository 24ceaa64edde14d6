// A server on loopback that seals as a test wants it, and answers what the test tells it to.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/certificates.h"

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
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listening_, plain, size) != 0 || ::listen(listening_, 16) != 0 ||
            ::getsockname(listening_, plain, &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~TlsServer() {
        ending_ = true;
        thread_.join();
        ::close(listening_);
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    int port() const { return port_; }
    std::string address(const std::string& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(port_);
    }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        while (!ending_) {
            pollfd waiting{listening_, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0)
                continue;
            const int caller = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
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
            const auto head = request.find("\r\n\r\n");
            if (head != std::string::npos && request.size() >= head + 4 + length_of(request))
                return true;
            const int got = SSL_read(session, part, sizeof(part));
            if (got <= 0)
                return false;
            request.append(part, static_cast<std::size_t>(got));
        }
        return false;
    }
    static std::size_t length_of(const std::string& request) {
        const auto at = request.find("Content-Length: ");
        return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoll(request.c_str() + at + 16));
    }

    Script script_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    int listening_ = -1;
    int port_ = 0;
    std::atomic<bool> ending_ = false;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace doorstep::testing
