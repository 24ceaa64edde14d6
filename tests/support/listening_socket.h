// A port on loopback for servers of tests, and what all of them do with plain bytes.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace doorstep::testing {

inline sockaddr_in on_loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// Listens from its first moment on; a test without a port cannot go on.
class ListeningSocket {
public:
    ListeningSocket() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = on_loopback(0);
        socklen_t size = sizeof(address);
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket_, plain, size) != 0 || ::listen(socket_, 16) != 0 ||
            ::getsockname(socket_, plain, &size) != 0)
            std::abort();
        port_ = ntohs(address.sin_port);
    }
    ~ListeningSocket() { ::close(socket_); }
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    int port() const { return port_; }
    // A caller, whom the caller of this closes; -1 when nobody came for 20 ms.
    int next_caller() const {
        pollfd waiting{socket_, POLLIN, 0};
        return ::poll(&waiting, 1, 20) > 0 ? ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
    }

private:
    int socket_;
    int port_ = 0;
};

// False when the other side is gone.
inline bool send_whole(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto part = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (part <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(part));
    }
    return true;
}

// Its head, and as much of a body as that says.
inline bool is_whole_request(const std::string& text) {
    const auto head = text.find("\r\n\r\n");
    if (head == std::string::npos)
        return false;
    const auto at = text.find("Content-Length: ");
    const auto body = at == std::string::npos ? 0 : std::atoll(text.c_str() + at + 16);
    return text.size() >= head + 4 + static_cast<std::size_t>(body);
}

}  // namespace doorstep::testing
