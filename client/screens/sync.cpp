#include "client/screens/pieces.h"
#include "client/screens/proxy.h"
#include "client/screens/screens.h"

namespace doorstep::screens {

namespace {

bool wrong(SyncView::What what) {
    using What = SyncView::What;
    return what == What::captive_portal || what == What::not_our_endpoint || what == What::certificate ||
           what == What::proxy || what == What::refused || what == What::wrong_clock ||
           what == What::storage_trouble || what == What::not_enrolled;
}

void state_of_things(Ui& ui, const SyncView& sync) {
    const Palette& colours = ui.colours();
    ui.words(sync.heading, Type::title, wrong(sync.what) ? colours.error : colours.text, Align::start,
             Role::heading);
    if (!sync.words.empty()) {
        ui.gap(1);
        ui.words(sync.words, Type::body, colours.text);
    }
    if (sync.progress >= 0) {
        ui.gap(4);
        progress(ui, sync.progress);
    }
    if (!sync.progress_words.empty()) {
        ui.gap(1);
        second(ui, sync.progress_words);
    }
    ui.gap(2);
    for (const std::string& line :
         {sync.next_try, sync.last_sync, sync.last_trouble, sync.oldest, sync.not_backed_up, sync.published})
        if (!line.empty())
            second(ui, line);
}

void refused(Ui& ui, const SyncView& sync) {
    if (sync.refused.empty())
        return;
    group(ui, ui.say("Not accepted"));
    for (const RefusedLine& line : sync.refused) {
        ui.gap(2);
        ui.words(line.what, Type::body_bold, ui.colours().error);
        ui.words(line.reason, Type::body, ui.colours().text);
        if (!line.advice.empty())
            ui.words(line.advice, Type::body, ui.colours().text);
    }
}

std::string since(const Ui& ui, const std::string& words, const std::string& when) {
    return when.empty() ? words : with(ui.say("%1, since %2"), {words, when});
}

void waiting(Ui& ui, const SyncView& sync) {
    if (sync.waiting.empty())
        return;
    group(ui, ui.say("Waits on this tablet"));
    for (const KindLine& kind : sync.kinds)
        second(ui, since(ui, kind.words, kind.since));
    for (const WaitingLine& line : sync.waiting) {
        ui.gap(2);
        ui.words(line.place, Type::body, ui.colours().text);
        second(ui, since(ui, line.words, line.since));
    }
}

void mended(Ui& ui, const SyncView& sync) {
    if (sync.mended.empty())
        return;
    group(ui, ui.say("The records of this tablet"));
    ui.gap(2);
    ui.words(sync.mended_at, Type::body, ui.colours().text);
    second(ui, sync.mended);
}

}  // namespace

void sync(Ui& ui, const View& view, const SyncView& sync, SyncLocal& local, Intents& intents) {
    std::vector<PageAction> actions;
    if (sync.what != SyncView::What::not_enrolled)
        // Green only where something waits: nothing asks for a tap when all is sent.
        actions.push_back({ui.say("Sync now"), sync.unsent > 0 ? ButtonLook::primary : ButtonLook::secondary,
                           sync.what != SyncView::What::working});
    const PageParts parts = page(
        ui, view.place, header_of(view), actions, [&] { notice(ui, view, intents); },
        [&] {
            state_of_things(ui, sync);
            refused(ui, sync);
            waiting(ui, sync);
            if (sync.unsent > 0)
                rescue(ui, sync.sticks, false, intents);
            mended(ui, sync);
            proxy(ui, sync.proxy, local, intents);
        });
    act_on_header(view, parts.header, intents);
    if (parts.action == 0)
        intents.emplace_back(intent::SyncNow{});
}

}  // namespace doorstep::screens
