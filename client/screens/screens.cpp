#include "client/screens/screens.h"

#include <type_traits>

namespace doorstep::screens {

namespace {

// What belongs to a screen that was left is forgotten with it.
template<class Local>
Local& only(std::map<std::string, Local>& all, const std::string& place) {
    std::erase_if(all, [&](const auto& one) { return one.first != place; });
    return all[place];
}

}  // namespace

template<class Local>
Local& Locals::of(const std::string& place) {
    if constexpr (std::is_same_v<Local, DoorsLocal>)
        return only(doors_, place);
    else if constexpr (std::is_same_v<Local, DoorLocal>)
        return only(one_door_, place);
    else if constexpr (std::is_same_v<Local, HomesLocal>)
        return only(homes_, place);
    else if constexpr (std::is_same_v<Local, PageLocal>)
        return only(pages_, place);
    else if constexpr (std::is_same_v<Local, ResidentLocal>)
        return only(residents_, place);
    else if constexpr (std::is_same_v<Local, SummaryLocal>)
        return only(summaries_, place);
    else if constexpr (std::is_same_v<Local, CountsLocal>)
        return only(counts_, place);
    else if constexpr (std::is_same_v<Local, SyncLocal>)
        return only(syncs_, place);
    else if constexpr (std::is_same_v<Local, SignInLocal>)
        return only(sign_ins_, place);
    else if constexpr (std::is_same_v<Local, ChoosePinLocal>)
        return only(pins_, place);
    else if constexpr (std::is_same_v<Local, SetUpLocal>)
        return only(set_ups_, place);
    else if constexpr (std::is_same_v<Local, OfficersLocal>)
        return only(officers_, place);
    else
        return only(lists_, place);
}
template DoorLocal& Locals::of<DoorLocal>(const std::string&);
template DoorsLocal& Locals::of<DoorsLocal>(const std::string&);
template HomesLocal& Locals::of<HomesLocal>(const std::string&);
template PageLocal& Locals::of<PageLocal>(const std::string&);
template ResidentLocal& Locals::of<ResidentLocal>(const std::string&);
template SummaryLocal& Locals::of<SummaryLocal>(const std::string&);
template CountsLocal& Locals::of<CountsLocal>(const std::string&);
template ReferralListLocal& Locals::of<ReferralListLocal>(const std::string&);
template SyncLocal& Locals::of<SyncLocal>(const std::string&);
template SignInLocal& Locals::of<SignInLocal>(const std::string&);
template ChoosePinLocal& Locals::of<ChoosePinLocal>(const std::string&);
template SetUpLocal& Locals::of<SetUpLocal>(const std::string&);
template OfficersLocal& Locals::of<OfficersLocal>(const std::string&);

namespace {

struct Draw {
    Ui& ui;
    const View& view;
    Locals& locals;
    Intents& intents;

    void operator()(const StartingView&) const { starting(ui, view, intents); }
    void operator()(const TroubleView& one) const { trouble(ui, view, one, intents); }
    void operator()(const HomeView& one) const { home(ui, view, one, intents); }
    void operator()(const DoorsView& one) const {
        doors(ui, view, one, locals.of<DoorsLocal>(view.place), intents);
    }
    void operator()(const HomesView& one) const {
        homes(ui, view, one, locals.of<HomesLocal>(view.place), intents);
    }
    void operator()(const DoorView& one) const {
        door(ui, view, one, locals.of<DoorLocal>(view.place), intents);
    }
    void operator()(const PageView& one) const {
        question_page(ui, view, one, locals.of<PageLocal>(view.place), intents);
    }
    void operator()(const ResidentView& one) const {
        resident(ui, view, one, locals.of<ResidentLocal>(view.place), intents);
    }
    void operator()(const SummaryView& one) const {
        summary(ui, view, one, locals.of<SummaryLocal>(view.place), intents);
    }
    void operator()(const CountsView& one) const {
        counts(ui, view, one, locals.of<CountsLocal>(view.place), intents);
    }
    void operator()(const ReferralListView& one) const {
        referral_list(ui, view, one, locals.of<ReferralListLocal>(view.place), intents);
    }
    void operator()(const SyncView& one) const {
        sync(ui, view, one, locals.of<SyncLocal>(view.place), intents);
    }
    void operator()(const SettingsView& one) const { settings(ui, view, one, intents); }
    void operator()(const SetUpView& one) const {
        set_up(ui, view, one, locals.of<SetUpLocal>(view.place), intents);
    }
    void operator()(const SignInView& one) const {
        sign_in(ui, view, one, locals.of<SignInLocal>(view.place), intents);
    }
    void operator()(const ChoosePinView& one) const {
        choose_pin(ui, view, one, locals.of<ChoosePinLocal>(view.place), intents);
    }
    void operator()(const OpeningView& one) const { opening(ui, view, one, intents); }
    void operator()(const OfficersView& one) const {
        officers(ui, view, one, locals.of<OfficersLocal>(view.place), intents);
    }
};

}  // namespace

void draw(Ui& ui, const View& view, Locals& locals, Intents& intents) {
    std::visit(Draw{ui, view, locals, intents}, view.screen);
}

}  // namespace doorstep::screens
