#include "tests/client/screens/sample_views.h"

namespace doorstep::samples {

namespace {

HomeView morning() {
    HomeView home;
    home.day = "Saturday 21 November";
    home.officer = "Sam";
    home.greeting = "Good morning, Sam";
    home.visits = {{id(1), "Oakmere", "Mill Lane, Quay Street", "Today", 40, 40, 0, "1 Mill Lane"}};
    home.referrals_words = "None";
    home.sync_words = "Everything is sent";
    return home;
}

HomeView midday() {
    HomeView home = morning();
    home.greeting = "Good afternoon, Sam";
    home.visits[0].left = 18;
    home.visits[0].come_back = 3;
    home.visits[0].next_door = "Flat 2, 23 Mill Lane";
    home.visits.push_back(
        {id(2), "Potters Reach", "Station Road", "Tuesday 24 November", 25, 25, 0, "2 Station Road"});
    home.not_finished = {{id(11), "14 Mill Lane", "Safer Streets questionnaire", "10:42", ""},
                         {id(12), "3 Quay Street", "Safer Streets questionnaire", "yesterday 16:20",
                          "Its form cannot be opened on this tablet"}};
    home.referrals_waiting = 4;
    home.referrals_words = "4 wait for agreement";
    home.sync_words = "3 wait, last sent 08:41";
    return home;
}

HomeView evening() {
    HomeView home = morning();
    home.greeting = "Good evening, Sam";
    home.visits[0].left = 0;
    home.visits[0].next_door = "";
    home.questionnaires_today = 21;
    home.referrals_today = 9;
    return home;
}

SyncView sync(SyncView::What what, std::string heading, std::string words) {
    SyncView sync;
    sync.what = what;
    sync.heading = std::move(heading);
    sync.words = std::move(words);
    sync.last_sync = "Last sync today 08:41";
    return sync;
}

SyncView offline() {
    SyncView view = sync(SyncView::What::offline, "There is no network",
                         "Everything is saved on this tablet and will send by itself when there is one.");
    view.unsent = 7;
    view.oldest = "The oldest has waited since 10:42";
    view.next_try = "Next try 14:30";
    view.not_backed_up = "40 sent, not yet backed up at the endpoint (no backup for 3 days)";
    view.kinds = {{"2 questionnaires", "10:42"},
                  {"2 referrals", "10:42"},
                  {"4 offers", "10:42"},
                  {"1 outcome", "10:55"}};
    view.waiting = {{"14 Mill Lane", "Questionnaire, 2 referrals, 3 offers", "10:42"},
                    {"15 Mill Lane", "No answer", "10:55"},
                    {"Flat 2, 23 Mill Lane", "Questionnaire, 1 offer", "11:20"}};
    view.sticks = {{"KINGSTON", "/media/sam/KINGSTON"}};
    return view;
}

SyncView portal() {
    SyncView view = sync(SyncView::What::captive_portal, "This Wi-Fi wants a sign-in",
                         "Open a browser on this tablet, go to any page and sign in there, or use another "
                         "network. Then choose \"Sync now\". Nothing was sent to this Wi-Fi; everything is "
                         "saved on this tablet.");
    view.unsent = 3;
    view.oldest = "The oldest has waited since 10:42";
    view.next_try = "Next try 14:30";
    return view;
}

SyncView wrong_clock() {
    SyncView view =
        sync(SyncView::What::wrong_clock, "The clock of this tablet is wrong",
             "The answers are safe on this tablet; sync waits. Now it says Tuesday 21 November 2023, "
             "10:00, the endpoint says Saturday 21 November 2026, 10:00. Set the date and time in the "
             "tablet's settings, then choose \"Sync now\".");
    view.unsent = 3;
    return view;
}

SyncView certificate() {
    SyncView view = sync(SyncView::What::certificate, "Who answers cannot prove to be the endpoint",
                         "Somebody may stand between this tablet and the endpoint. Nothing was sent. Type no "
                         "password into any page of this network: leave it, use another one, and tell your "
                         "team lead. Everything is saved on this tablet.");
    view.unsent = 3;
    return view;
}

SyncView by_proxy() {
    SyncView view = sync(SyncView::What::proxy, "The proxy wants a name and a password",
                         "It was given none, or others. Set them under \"Proxy\" below; whoever runs this "
                         "network has them. Everything is saved on this tablet and will send later.");
    view.unsent = 3;
    view.proxy = {ProxyWay::by_hand, "proxy.herts.example.org:3128", "tab-01", true, "", 1};
    return view;
}

SyncView mended() {
    SyncView view = sync(SyncView::What::up_to_date, "Everything is sent",
                         "The team's other tablets and the centre have it.");
    view.mended_at = "Mended today 10:42";
    view.mended = "The records were damaged and have been mended. Rows saved: 1204, lost: 3. Not sent yet: "
                  "48; lost before they were sent: 1. Tell your team lead. What was sent comes back with the "
                  "next sync. The damaged file is kept as doorstep.sqlite.damaged-1.";
    return view;
}

SyncView working() {
    SyncView view = sync(SyncView::What::working, "Sending", "");
    view.unsent = 3;
    view.progress = 0.57;
    view.progress_words = "4 of 7 sent";
    view.last_trouble = "Last trouble today 10:42: There is no network";
    return view;
}

SyncView refused() {
    SyncView view = sync(SyncView::What::up_to_date, "Everything is sent", "");
    view.refused = {{"Referral, 14 Mill Lane",
                     "It is of a type, or a version of a type, that this program does not know.",
                     "Nothing for you to do: it is kept at the endpoint and taken in when the endpoint is "
                     "updated. Tell your team lead."}};
    return view;
}

TroubleView trouble() {
    return {"This tablet cannot open its records",
            "They were written by a newer version of Doorstep (5) than this one (3).",
            "Install the newer version, then try again. The team's administrator has it.",
            "Nothing was changed. Every record is still on the tablet.", true};
}

}  // namespace

std::vector<Sample> of_home() {
    View undone = framed("Saturday 21 November", "home", false);
    undone.notice_number = 3;
    undone.notice = std::make_shared<const Notice>(Notice{Notice::Kind::done, "Saved: 14 Mill Lane.", 7});
    const View home = framed("Saturday 21 November", "home", false);
    View all_sent = home;
    all_sent.header.sync_words = "All sent 17:05";
    const View line = framed("Sync", "sync");
    View line_sent = line;
    line_sent.header.sync_words = "All sent 17:05";
    View line_wrong = line;
    line_wrong.header.sync_more = "1 not accepted, sign in to the Wi-Fi";
    line_wrong.header.sync_needs_look = true;
    View line_clock = line;
    line_clock.header.sync_more = "set the clock";
    line_clock.header.sync_needs_look = true;
    View line_refused = line_sent;
    line_refused.header.sync_more = "1 not accepted";
    line_refused.header.sync_needs_look = true;
    HomeView nothing = morning();
    nothing.visits.clear();
    return {sample("starting", framed("Doorstep", "starting", false), StartingView{}),
            sample("trouble", framed("Doorstep", "trouble", false), trouble()),
            sample("home-morning", all_sent, morning()),
            sample("home-midday", home, midday()),
            sample("home-notice", undone, midday()),
            sample("home-finished", all_sent, evening()),
            sample("home-nothing-planned", all_sent, nothing),
            sample("sync-sent", line_sent,
                   sync(SyncView::What::up_to_date, "Everything is sent",
                        "The team's other tablets and the centre have it.")),
            sample("sync-offline", line, offline()),
            sample("sync-working", line, working()),
            sample("sync-refused", line_refused, refused()),
            sample("sync-portal", line_wrong, portal()),
            sample("sync-clock", line_clock, wrong_clock()),
            sample("sync-certificate", line_wrong, certificate()),
            sample("sync-proxy", line_wrong, by_proxy()),
            sample("sync-mended", line_sent, mended()),
            sample("sync-not-enrolled", line,
                   sync(SyncView::What::not_enrolled, "This tablet is not enrolled",
                        "Everything is saved on it. The team's administrator enrols it.")),
            sample("settings", framed("Settings", "settings"),
                   SettingsView{"tab-01", "https://centre.example.org:8443", "0.3.0"})};
}

}  // namespace doorstep::samples
