#include "sync/listener/serve.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>

#include "forms/base/counted.h"
#include "sync/listener/backup_commands.h"
#include "sync/listener/command_socket.h"
#include "sync/listener/commands.h"
#include "sync/listener/concern_watch.h"
#include "sync/listener/high_water.h"
#include "sync/listener/noted.h"
#include "sync/listener/retention_round.h"
#include "sync/vault/durable_file.h"
#include "sync/wire/messages.h"

namespace doorstep {

namespace {

// The one thread that owns the endpoint.
class Writer {
public:
    Writer(DataFolder& data, Intake& intake, const ServeOptions& options)
        : data_(data), intake_(intake), concerns_(options.sending.alarm_command, data.clock()),
          backups_(data, options.backups), high_water_(options.high_water) {}

    void work() {
        for (;;) {
            auto batch = intake_.take(limits::idle);
            if (batch.empty() || !batch.errands.empty())
                take_up_what_was_noted();
            answer(batch);
            follow_others();
            concerns_.look(data_.endpoint().store().sql());
            if (batch.empty())
                retention_.look(data_);
            high_water_.rise(data_.endpoint().store(), data_.clock().now_ms());
            backups_.look();
            under_way_.look();
            if (unfolded_bytes_ >= limits::checkpoint_bytes ||
                (batch.empty() && (unfolded_bytes_ > 0 || !data_.is_wiped())))
                fold();
            if (batch.closed) {
                under_way_.finish();
                return high_water_.settle(data_.endpoint().store());
            }
        }
    }

private:
    void answer(Batch& batch) {
        std::vector<EndpointRequest> requests;
        for (auto& arrival : batch.arrivals) {
            unfolded_bytes_ += arrival.request.body.size() + 1;
            requests.push_back(std::move(arrival.request));
        }
        const auto responses =
            requests.empty() ? std::vector<EndpointResponse>{} : data_.endpoint().handle(requests);
        for (std::size_t i = 0; i < responses.size(); ++i) {
            tell(responses[i]);
            batch.arrivals[i].answer(responses[i]);
        }
        for (const auto& errand : batch.errands) {
            run(errand);
            ++unfolded_bytes_;
        }
        for (const auto& chore : batch.chores) {
            chore.act();
            ++unfolded_bytes_;
        }
    }

    void run(const Errand& errand) {
        const auto command = decode_command(errand.line);
        const auto tell = [answer = errand.answer](const CommandOutcome& how) { answer(encode(how)); };
        if (!command.ok())
            return tell(failed(command.error()));
        if (!is_long_command(*command))
            return tell(run_command(data_, *command));
        if (!under_way_.is_free())
            return tell(failed({Fault::conflict, "Another backup or drill is under way.",
                                "Give the command again when that one has ended."}));
        auto begun = begin_long_command(data_, *command);
        if (auto* const left = std::get_if<LongCommand>(&begun))
            return under_way_.begin(std::move(*left), tell);
        tell(std::get<CommandOutcome>(begun));
    }

    void take_up_what_was_noted() {
        if (const auto noted = take_up_notes(data_); !noted.ok())
            spdlog::error("What was done beside this serve is not in the audit yet: {}",
                          noted.error().text());
    }

    // Another endpoint on the same database may publish too.
    void follow_others() {
        if (data_.database().empty())
            return;
        if (const auto followed = data_.follow_published(); !followed.ok())
            spdlog::warn("What was published could not be read: {}", followed.error().text());
    }

    // The refusals' words are fixed texts, without content.
    void tell(const EndpointResponse& response) {
        const bool full = response.status == 503;
        if (full && !told_trouble_)
            if (const auto refusal = wire::decode_refusal(response.body); refusal.ok())
                spdlog::error("Requests are answered with 503: {}", refusal->what);
        if (told_trouble_ && !full)
            spdlog::info("Requests are answered again.");
        told_trouble_ = full;
    }

    void fold() {
        // Nothing is lost while it fails: the log itself is durable, it only grows.
        if (const auto folded = data_.checkpoint(); !folded.ok())
            spdlog::warn("The write-ahead log could not be folded into the store: {}", folded.error().text());
        unfolded_bytes_ = 0;
    }

    DataFolder& data_;
    Intake& intake_;
    ConcernWatch concerns_;
    RetentionRound retention_;
    BackupRounds backups_;
    CommandUnderWay under_way_;
    HighWater high_water_;
    std::size_t unfolded_bytes_ = 0;
    bool told_trouble_ = false;
};

// Each connection is one; a system may give a service fewer than that.
void ask_for_descriptors() {
    constexpr rlim_t needed = limits::connections_max + 128;
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur >= needed)
        return;
    const rlimit more{std::min(needed, now.rlim_max), now.rlim_max};
    if (more.rlim_cur < needed || ::setrlimit(RLIMIT_NOFILE, &more) != 0)
        spdlog::warn("Only {} files may be open at once: fewer than {} tablets are served together. Raise "
                     "LimitNOFILE to {}.",
                     now.rlim_max, limits::connections_max, needed);
}

// By the first name that it was given, else by its address; behind a proxy only the operator knows.
std::string url_for_tablets(const ServeOptions& options, std::uint16_t port) {
    const auto& address = options.listener.address;
    const bool everywhere = address == "0.0.0.0" || address == "::";
    if (options.listener.plain_loopback || (options.names.empty() && everywhere))
        return {};
    const auto& name = options.names.empty() ? address : options.names.front();
    return name.find(':') == std::string::npos ? fmt::format("https://{}:{}", name, port)
                                               : fmt::format("https://[{}]:{}", name, port);
}

// Last of all: who reads the file may use everything.
Result<void> tell_port(const std::string& file, std::uint16_t port) {
    return file.empty() ? Result<void>() : write_durably(file, fmt::format("{}\n", port), 0644);
}

}  // namespace

Result<void> serve(DataFolder& data, const ServeOptions& options) {
    TRY_DO(HighWater(options.high_water).check(data.endpoint().store()));
    TRY_DO(data.endpoint().ask_for_app(options.min_app));
    data.endpoint().work_ahead();
    TRY(const auto read_again, data.read_forms());
    if (read_again > 0)
        spdlog::info("{} that were set aside for want of their form are read.",
                     counted(read_again, "fact", "facts"));
    Intake intake;
    TRY(auto sending, Sending::open(data, intake, options.sending));
    ask_for_descriptors();
    const auto names = names_to_serve(options.listener.address, options.names);
    TRY(auto listener,
        Listener::open(
            options.listener, [&] { return data.authority().certificate_for(names); }, intake));
    if (!options.listener.plain_loopback && data.has_keys() && !data.authority().has_spare())
        spdlog::warn("This endpoint has no spare authority; with the custody sheet it is given one: "
                     "doorstep-endpoint authority spare --sheet FILE.");
    const auto port = listener.port();
    data.serve_at(url_for_tablets(options, port));
    TRY(const auto commands, CommandSocket::open(options.folder, intake));
    if (const auto told = tell_port(options.port_file, port); !told.ok()) {
        // Who already asked something through the command socket is waiting for words.
        intake.close();
        for (const auto& errand : intake.take(limits::milliseconds(0)).errands)
            errand.answer(encode(failed(told.error())));
        return told;
    }
    listener.start();
    sending.start();
    spdlog::info("Listening on {}:{}{}.", options.listener.address, port,
                 options.listener.plain_loopback ? " in clear, for a proxy on this machine" : "");
    Writer(data, intake, options).work();
    listener.join();
    spdlog::info("Ended.");
    return {};
}

}  // namespace doorstep
