#include "client/screens/proxy.h"

#include "client/screens/pieces.h"
#include "client/screens/sign_in_pieces.h"
#include "client/ui/choice.h"
#include "client/ui/secret_field.h"

namespace doorstep::screens {

namespace {

constexpr const char* proxy_address_id = "proxy address";
constexpr const char* proxy_name_id = "proxy name";
constexpr const char* proxy_password_id = "proxy password";

std::string in_words(const Ui& ui, const ProxyView& proxy) {
    switch (proxy.way) {
    case ProxyWay::none:
        return ui.say("None");
    case ProxyWay::automatic:
        return ui.say("As this tablet's system says");
    case ProxyWay::by_hand:
        return proxy.address;
    }
    return {};
}

void open_up(const ProxyView& proxy, SyncLocal& local) {
    local = {};
    local.proxy_open = true;
    local.way = proxy.way;
    local.address.text = proxy.address;
    local.name.text = proxy.name;
    local.saved = proxy.saved;
}

void ways(Ui& ui, SyncLocal& local) {
    const std::pair<ProxyWay, std::string> all[] = {
        {ProxyWay::none, ui.say("No proxy")},
        {ProxyWay::automatic, ui.say("As this tablet's system says")},
        {ProxyWay::by_hand, ui.say("This one:")}};
    for (const auto& [way, words] : all)
        if (radio(ui, words, local.way == way))
            local.way = way;
}

void by_hand(Ui& ui, const ProxyView& proxy, SyncLocal& local) {
    ui.gap(4);
    FieldLook address;
    address.hint = ui.say("For example proxy.example.org:3128");
    address.error = !proxy.trouble.empty();
    text_field(ui, proxy_address_id, ui.say("Host and port"), local.address, address);
    ui.gap(4);
    text_field(ui, proxy_name_id, ui.say("Name, if the proxy asks for one"), local.name);
    if (local.name.text.empty())
        return;
    ui.gap(4);
    SecretLook password;
    if (proxy.has_password && local.name.text == proxy.name)
        password.hint = ui.say("One is kept. Type here only to change it.");
    secret_field(ui, proxy_password_id, ui.say("Password of the proxy"), password);
}

}  // namespace

void proxy(Ui& ui, const ProxyView& proxy, SyncLocal& local, Intents& intents) {
    if (local.proxy_open && local.saved != proxy.saved)
        local = {};
    group(ui, ui.say("Proxy"));
    if (!local.proxy_open) {
        RowWords words;
        words.label = ui.say("How this tablet reaches the endpoint");
        words.words = in_words(ui, proxy);
        words.below = true;
        if (row(ui, words))
            open_up(proxy, local);
        return;
    }
    second(ui, ui.say("Some networks let nobody out but through a proxy. Whoever runs the network has its "
                      "address. What is sent through it stays sealed."));
    ui.gap(2);
    said_in_red(ui, proxy.trouble);
    ways(ui, local);
    if (local.way == ProxyWay::by_hand)
        by_hand(ui, proxy, local);
    ui.gap(4);
    if (button(ui, ui.say("Use this and sync"))) {
        intent::SetProxy said{local.way, local.address.text, local.name.text, nullptr};
        if (local.way == ProxyWay::by_hand && !local.name.text.empty())
            said.password = taken(ui, proxy_password_id);
        intents.emplace_back(std::move(said));
    }
    ui.gap(2);
    if (button(ui, ui.say("Leave it as it is"), ButtonLook::quiet))
        local = {};
}

}  // namespace doorstep::screens
