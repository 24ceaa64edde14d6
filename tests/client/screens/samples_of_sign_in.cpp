#include "tests/client/screens/sample_views.h"

namespace doorstep::samples {

namespace {

View locked(std::string place) {
    View view = framed("Doorstep", std::move(place), false);
    view.header.sync_words.clear();
    return view;
}

View opened(std::string title, std::string place) {
    View view = framed(std::move(title), std::move(place));
    view.open = true;
    return view;
}

std::vector<SignInPerson> team() {
    return {{id(71), "off-lead-01", true, false, ""},
            {id(72), "off-pol-01", false, false, ""},
            {id(73), "off-pol-02", false, true,
             "Closed after ten wrong passphrases. A team lead gives a new one."}};
}

SignInView lock_screen(std::string trouble = {}) {
    SignInView view;
    view.people = team();
    view.tablet = "tab-01";
    view.sync_words = "3 to send";
    view.trouble = std::move(trouble);
    return view;
}

SignInView of_chosen(bool by_pin, std::string trouble = {}) {
    SignInView view = lock_screen(std::move(trouble));
    view.chosen = id(72);
    view.by_pin = by_pin;
    return view;
}

OfficersView sign_ins(bool lead) {
    OfficersView view;
    view.people = team();
    view.own = lead ? id(71) : id(72);
    view.may_change = lead;
    if (!lead)
        view.why_not = "Only a team lead changes who may sign in.";
    view.licence = "Officers may sign in on this tablet until 26 December.";
    return view;
}

OfficersView licence_ended() {
    OfficersView view = sign_ins(true);
    view.licence = "Nobody may sign in on this tablet since 26 December. Renew the licence to go on.";
    view.licence_ended = true;
    return view;
}

std::vector<Sample> of_the_way_in() {
    SignInView checking = of_chosen(false);
    checking.checking = true;
    SignInView waiting = of_chosen(true, "That is not the PIN. 3 tries are left. The next one is in 5 s.");
    waiting.can_try = false;
    const auto inside = [](const char* place) {  // the vault is open: there is something to lock
        View view = locked(place);
        view.open = true;
        return view;
    };
    const std::string no_ticket = "This tablet does not belong to a partnership yet. Whoever looks after "
                                  "Doorstep at the centre has an address and a code for it.";
    const SetUpView joining{false, JoiningStep::none, "", no_ticket, "", false};
    const auto at = [&](JoiningStep step, std::string words, std::string trouble = {}) {
        SetUpView view = joining;
        view.joining = step;
        view.check_words = std::move(words);
        view.trouble = std::move(trouble);
        return view;
    };
    const std::string first = "Whoever signs in here first decides who else may.";
    return {
        sample("set-up-not-enrolled", locked("set-up"), joining),
        sample("join-refused", locked("set-up"),
               at(JoiningStep::none, "", "This code does not hold. Ask the centre for a new one.")),
        sample("join-asking", locked("set-up"), at(JoiningStep::asking, "", "The centre cannot be reached.")),
        sample("join-comparing", locked("set-up"), at(JoiningStep::comparing, "amber canoe ladder picnic")),
        sample("join-waiting", locked("set-up"), at(JoiningStep::waiting, "marble otter dusk thimble")),
        sample("set-up", locked("set-up"), SetUpView{true, JoiningStep::none, "", first, "", false}),
        sample("set-up-working", locked("set-up"), SetUpView{true, JoiningStep::none, "", first, "", true}),
        sample("sign-in", locked("sign-in"), lock_screen()),
        sample("sign-in-passphrase", locked("sign-in"), of_chosen(false)),
        sample("sign-in-wrong", locked("sign-in"),
               of_chosen(false, "That is not the passphrase. 6 tries are left.")),
        sample("sign-in-checking", locked("sign-in"), checking),
        sample("sign-in-pin", locked("sign-in"), of_chosen(true)),
        sample("sign-in-pin-wait", locked("sign-in"), waiting),
        sample("choose-pin", inside("choose-pin"), ChoosePinView{}),
        sample("opening", inside("opening"), OpeningView{"12,000 of 50,000 records", 0.24})};
}

}  // namespace

std::vector<Sample> of_sign_in() {
    std::vector<Sample> samples = of_the_way_in();
    View ended = locked("officers");
    ended.header.title = "Who may sign in";
    ended.open = true;
    View damaged = locked("trouble");
    damaged.open = true;
    samples.push_back(sample("officers-lead", opened("Settings", "officers"), sign_ins(true)));
    samples.push_back(sample("officers-own", opened("Settings", "officers"), sign_ins(false)));
    samples.push_back(sample("officers-licence-ended", ended, licence_ended()));
    samples.push_back(
        sample("settings-signed-in", opened("Settings", "settings"),
               SettingsView{"tab-01", "https://centre.example.org:8443", "0.3.0", "off-pol-01"}));
    const std::vector<Stick> sticks{{"KINGSTON", "/media/kingston"}, {"Blue stick", "/media/blue"}};
    SyncView offline;
    offline.what = SyncView::What::offline;
    offline.heading = "You are offline";
    offline.words = "Everything is saved on this tablet and will send later.";
    offline.unsent = 7;
    offline.waiting = {{"14 Mill Lane", "Questionnaire, 2 referrals, 3 offers", "10:42"}};
    offline.sticks = sticks;
    samples.push_back(sample("sync-sticks", opened("Sync", "sync"), offline));
    samples.push_back(sample(
        "trouble-damaged", damaged,
        TroubleView{"This tablet cannot open its records", "The file of records is damaged.",
                    "Save what is whole, or only look.", "Nothing was changed.", false, true, true, sticks}));
    return samples;
}

}  // namespace doorstep::samples
