// The real program in a process of its own, and a client that can be rude.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace doorstep::testing {

inline std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A command that has ended.
struct Ended {
    int status = -1;
    std::string out;
    std::string err;
};

inline pid_t start_process(const std::vector<std::string>& words, const std::string& out,
                           const std::string& err, const std::function<void()>& in_child = {}) {
    std::vector<std::string> copy = words;
    std::vector<char*> arguments;
    for (auto& word : copy)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
    if (in_child)
        in_child();
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

inline int wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The directory of agencies alone: an endpoint that reads no forms is there at once, which counts where
// it is started again and again.
inline std::string without_forms(const std::string& folder) {
    std::filesystem::create_directory(folder);
    std::filesystem::copy(std::string(DOORSTEP_QUESTIONNAIRES_HERE) + "/directory", folder + "/directory",
                          std::filesystem::copy_options::recursive);
    return folder;
}

// doorstep-endpoint on a folder, with its messages beside that folder.
class EndpointProgram {
public:
    // `database` empty: SQLite in the folder.
    explicit EndpointProgram(std::string folder, std::string database = {},
                             std::string questionnaires = DOORSTEP_QUESTIONNAIRES_HERE)
        : folder_(std::move(folder)), database_(std::move(database)),
          questionnaires_(std::move(questionnaires)) {}
    ~EndpointProgram() { kill_now(); }
    EndpointProgram(const EndpointProgram&) = delete;
    EndpointProgram& operator=(const EndpointProgram&) = delete;

    std::vector<std::string> words(const std::vector<std::string>& rest) const {
        std::vector<std::string> all{DOORSTEP_ENDPOINT, "--data", folder_, "--questionnaires",
                                     questionnaires_};
        if (!database_.empty())
            all.insert(all.end(), {"--database", database_});
        all.insert(all.end(), rest.begin(), rest.end());
        return all;
    }
    Ended run(const std::vector<std::string>& rest, const std::function<void()>& in_child = {}) const {
        const std::string out = folder_ + ".out";
        const std::string err = folder_ + ".err";
        Ended ended;
        ended.status = wait_for(start_process(words(rest), out, err, in_child));
        ended.out = file_text(out);
        ended.err = file_text(err);
        return ended;
    }
    // True when it listens.
    bool serve(std::vector<std::string> more = {}, const std::function<void()>& in_child = {}) {
        more.insert(more.end(), {"--keys-stored", "--sheet", sheet()});
        return serve_without_keys(more, in_child);
    }
    bool serve_without_keys(const std::vector<std::string>& more = {},
                            const std::function<void()>& in_child = {}) {
        const std::string port_file = folder_ + ".port";
        ::unlink(port_file.c_str());
        std::vector<std::string> rest{"serve", "--port", std::to_string(port_), "--port-file", port_file};
        rest.insert(rest.end(), more.begin(), more.end());
        child_ = start_process(words(rest), folder_ + ".serve.out", folder_ + ".serve.err", in_child);
        for (int i = 0; i < 3'000; ++i) {
            if (const auto text = file_text(port_file); text.ends_with("\n")) {
                // Another thread may read it while this one starts the program again.
                if (port_ == 0)
                    port_ = std::atoi(text.c_str());
                return true;
            }
            if (::waitpid(child_, nullptr, WNOHANG) == child_) {
                child_ = -1;
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    void kill_now() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            wait_for(child_);
        }
        child_ = -1;
    }
    // Its exit status.
    int end() {
        ::kill(child_, SIGTERM);
        return wait_for(std::exchange(child_, -1));
    }
    // Its keys, and the word that their sheet is stored.
    Ended prepare() const {
        auto made = run({"keys", "make", "--sheet", sheet()});
        return made.status == 0 ? run({"keys", "confirm"}) : made;
    }
    std::string sheet() const { return folder_ + ".sheet"; }
    int port() const { return port_; }
    pid_t child() const { return child_; }
    std::string address() const { return fmt::format("https://127.0.0.1:{}", port_); }
    std::string messages() const { return file_text(folder_ + ".serve.err"); }
    const std::string& folder() const { return folder_; }
    const std::string& database() const { return database_; }

private:
    std::string folder_;
    std::string database_;
    std::string questionnaires_;
    pid_t child_ = -1;
    int port_ = 0;
};

// A closed connection is seen by what is read, not by a signal.
inline const bool broken_pipes_are_ignored = ::signal(SIGPIPE, SIG_IGN) != SIG_ERR;

enum class Speak { sealed, clear };

// One connection, byte for byte, sealed like a tablet's but trusting anybody; its handshake is
// done when it exists.
class RawConnection {
public:
    // `from`: an address of 127.0.0.0/8 to come from.
    explicit RawConnection(int port, Speak speak = Speak::sealed, const char* from = "127.0.0.1") {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in source{};
        source.sin_family = AF_INET;
        ::inet_pton(AF_INET, from, &source.sin_addr);
        sockaddr_in address = source;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&source), sizeof(source)) == 0 &&
                     ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
        if (connected_ && speak == Speak::sealed)
            connected_ = seal();
    }
    ~RawConnection() {
        SSL_free(session_);
        ::close(socket_);
    }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    bool connected() const { return connected_; }
    int socket() const { return socket_; }
    bool send(const std::string& text) {
        for (std::size_t sent = 0; sent < text.size();) {
            const auto left = text.size() - sent;
            const long part = session_ ? SSL_write(session_, text.data() + sent, static_cast<int>(left))
                                       : ::send(socket_, text.data() + sent, left, MSG_NOSIGNAL);
            if (part <= 0)
                return false;
            sent += static_cast<std::size_t>(part);
        }
        return true;
    }
    void no_more() {
        if (session_)
            SSL_shutdown(session_);
        ::shutdown(socket_, SHUT_WR);
    }
    // Until the other side ends, or the time is over.
    std::string read_all(int wait_ms = 15'000) {
        std::string got;
        char part[4096];
        ended_ = false;
        for (;;) {
            pollfd waiting{socket_, POLLIN, 0};
            const bool there = session_ && SSL_pending(session_) > 0;
            if (!there && ::poll(&waiting, 1, wait_ms) <= 0)
                return got;
            const long size =
                session_ ? SSL_read(session_, part, sizeof(part)) : ::recv(socket_, part, sizeof(part), 0);
            if (size <= 0) {
                ended_ = true;
                return got;
            }
            got.append(part, static_cast<std::size_t>(size));
        }
    }
    bool ended() const { return ended_; }  // by the other side, at the last read

private:
    bool seal() {
        static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
        session_ = SSL_new(context);
        return SSL_set_fd(session_, socket_) == 1 && SSL_connect(session_) == 1;
    }

    int socket_ = -1;
    SSL* session_ = nullptr;
    bool connected_ = false;
    bool ended_ = false;
};

inline std::string exchange_raw(int port, const std::string& request) {
    RawConnection connection(port);
    connection.send(request);
    return connection.read_all();
}

inline int status_of(const std::string& reply) {
    return reply.starts_with("HTTP/1.1 ") ? std::atoi(reply.c_str() + 9) : 0;
}

}  // namespace doorstep::testing
