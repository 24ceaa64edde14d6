#include "client/platform/surroundings.h"

#include <gio/gio.h>
#include <gudev/gudev.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace doorstep {

namespace {

namespace fs = std::filesystem;

// A network that comes says so several times: an address, a route, another route.
constexpr guint settled_after_ms = 1'000;

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
struct FreeContext {
    void operator()(GMainContext* context) const { g_main_context_unref(context); }
};
struct FreeLoop {
    void operator()(GMainLoop* loop) const { g_main_loop_unref(loop); }
};

std::string first_word(const fs::path& file) {
    std::ifstream in(file);
    std::string word;
    in >> word;
    return word;
}

bool gives_power(const fs::path& supply) {
    if (first_word(supply / "type") != "Battery")
        return first_word(supply / "online") == "1";
    const std::string status = first_word(supply / "status");
    return status == "Charging" || status == "Full";
}

class Machine final : public Surroundings {
public:
    explicit Machine(std::string power) : power_(std::move(power)) {}
    ~Machine() override { stop(); }

    Result<void> watch(std::function<void(const Around&)> changed) override {
        changed_ = std::move(changed);
        context_.reset(g_main_context_new());
        loop_.reset(g_main_loop_new(context_.get(), FALSE));
        try {
            watcher_ = std::thread([this] { run(); });
        } catch (const std::system_error&) {
            return Error{Fault::broken, "No further thread could be started.",
                         "Close other programs, then start Doorstep again."};
        }
        return {};
    }

    // Also before the loop runs: what is asked of the context waits for it.
    void stop() override {
        if (!watcher_.joinable())
            return;
        g_main_context_invoke_full(
            context_.get(), G_PRIORITY_HIGH,
            [](gpointer self) -> gboolean {
                g_main_loop_quit(static_cast<Machine*>(self)->loop_.get());
                return G_SOURCE_REMOVE;
            },
            this, nullptr);
        watcher_.join();
    }

private:
    // Both watch in the context of the thread that made them.
    void run() {
        g_main_context_push_thread_default(context_.get());
        monitor_ = g_network_monitor_get_default();
        const gulong heard =
            g_signal_connect(monitor_, "network-changed", G_CALLBACK(&Machine::network), this);
        constexpr std::array<const gchar*, 2> subsystems{"power_supply", nullptr};
        const std::unique_ptr<GUdevClient, Unref> udev(g_udev_client_new(subsystems.data()));
        g_signal_connect(udev.get(), "uevent", G_CALLBACK(&Machine::power), this);
        now_ = {network_there(), is_charging(power_), false};
        changed_(now_);
        g_main_loop_run(loop_.get());
        g_signal_handler_disconnect(monitor_, heard);
        if (settling_) {
            g_source_destroy(settling_);
            g_source_unref(settling_);
            settling_ = nullptr;
        }
        g_main_context_pop_thread_default(context_.get());
    }

    bool network_there() const { return g_network_monitor_get_network_available(monitor_) == TRUE; }

    static void network(GNetworkMonitor*, gboolean, gpointer user) {
        auto& self = *static_cast<Machine*>(user);
        if (self.settling_)
            return;
        self.settling_ = g_timeout_source_new(settled_after_ms);
        g_source_set_callback(self.settling_, &Machine::settled, user, nullptr);
        g_source_attach(self.settling_, self.context_.get());
    }

    static gboolean settled(gpointer user) {
        auto& self = *static_cast<Machine*>(user);
        g_source_unref(std::exchange(self.settling_, nullptr));
        self.now_.network = self.network_there();
        Around told = self.now_;
        told.network_came = told.network;
        self.changed_(told);
        return G_SOURCE_REMOVE;
    }

    static void power(GUdevClient*, const gchar*, GUdevDevice*, gpointer user) {
        auto& self = *static_cast<Machine*>(user);
        // A battery says each percent.
        if (self.now_.charging == is_charging(self.power_))
            return;
        self.now_.charging = !self.now_.charging;
        self.changed_(self.now_);
    }

    const std::string power_;
    std::function<void(const Around&)> changed_;
    std::unique_ptr<GMainContext, FreeContext> context_;
    std::unique_ptr<GMainLoop, FreeLoop> loop_;
    std::thread watcher_;
    // Of the watching thread.
    GNetworkMonitor* monitor_ = nullptr;  // GIO's own
    GSource* settling_ = nullptr;
    Around now_;
};

}  // namespace

std::unique_ptr<Surroundings> machine_surroundings(const std::string& power) {
    return std::make_unique<Machine>(power);
}

bool is_charging(const std::string& power) {
    std::error_code failed;
    fs::directory_iterator supply(power, failed);
    for (; !failed && supply != fs::directory_iterator(); supply.increment(failed))
        if (gives_power(supply->path()))
            return true;
    return false;
}

std::string proxy_of_the_system(const std::string& address) {
    gchar** const found =
        g_proxy_resolver_lookup(g_proxy_resolver_get_default(), address.c_str(), nullptr, nullptr);
    if (!found)
        return {};
    std::string proxy = found[0] ? found[0] : "";
    g_strfreev(found);
    return proxy == "direct://" ? std::string{} : proxy;
}

}  // namespace doorstep
