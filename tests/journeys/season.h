// A season worked on several tablets: casework, store, sync and the real endpoint,
// end to end.  It knows no figure: the counts come out of answers and rules.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "sync/http/curl_client.h"
#include "sync/report/counts.h"
#include "sync/store/store.h"
#include "sync/tablet/request_signer.h"
#include "sync/vault/sealed_row.h"
#include "tests/journeys/endpoint_process.h"
#include "tests/journeys/faulty_client.h"
#include "tests/journeys/season_deal.h"
#include "tests/journeys/season_officer.h"

namespace doorstep::journey {

struct SeasonOptions {
    std::string year;  // "2013-14": also the column set
    std::uint64_t seed = 1;
    double lose = 0;           // probability that a reply is lost
    int restart_endpoint = 0;  // how often it is killed, over the season
    std::string folder;        // where everything is kept
};

// One tablet: its own file, its own dice.
struct Tablet {
    std::string name;
    std::string team;
    std::string officer;
    SeededRandom random;
    RowKeys keys;
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Store> store;
    std::unique_ptr<HttpClient> line;
    std::unique_ptr<FaultyClient> http;
    std::unique_ptr<RequestSigner> signer;
};

class Season {
public:
    // Everything must outlive it.
    Season(const SeasonOptions& options, const SeasonPlan& plan, const Library& library,
           EndpointProcess& endpoint);

    Result<void> enrol_tablets();
    Result<void> work();        // every visit, a line each
    Result<bool> compare();     // prints both tables; whether they agree
    Result<void> all_synced();  // an error names what is not

private:
    struct Worked {
        Door door;
        const PlannedDoor* planned;
        Day day;
    };
    struct Tally {
        int questionnaires = 0;
        int others = 0;
    };
    Result<void> work_visit(const PlannedVisit& visit, const std::vector<PlannedDoor>& doors);
    Result<Uuid> plan_visit(const PlannedVisit& visit);
    Result<void> work_door(const PlannedVisit& visit, const Uuid& id, const PlannedDoor& door, Tally& tally);
    Result<void> work_home(Casework& casework, const Door& at, const PlannedDoor& door, Tally& tally);
    Result<void> work_again(Casework& casework, const PlannedVisit& visit, const Uuid& id,
                            const PlannedDoor& door);
    Result<void> interrupt(Casework& casework, OpenQuestionnaire at, const PlannedDoor& door, Random& random);
    Result<void> resume_drafts(Tablet& tablet, Tally& tally);
    Result<void> keep_withdrawals(const Finished& finished, const PlannedDoor& door,
                                  const std::string& tablet);
    Result<void> withdraw_what_was(Day before);
    Result<void> sync(Tablet& tablet);
    Result<HttpReply> exchange_with_restarts(HttpClient& inner, const HttpRequest& request);

    Tablet& tablet(const std::string& name);
    Casework casework(Tablet& tablet);
    void set_local_time(Day day, int minutes);

    const SeasonOptions& options_;
    const SeasonPlan& plan_;
    const Library& library_;
    EndpointProcess& endpoint_;
    std::set<std::string> columns_;
    ManualClock clock_;
    SeededRandom dice_;          // of the officers
    SeededRandom network_dice_;  // of replies, restarts and back-offs
    SeasonOfficer officer_;
    std::deque<Tablet> tablets_;
    std::vector<Worked> worked_;
    std::map<Uuid, const PlannedDoor*> paused_;  // by questionnaire
    struct Withdrawal {
        Uuid referral;
        std::string tablet;
        Day after;
    };
    std::vector<Withdrawal> to_withdraw_;
    int visits_done_ = 0;
    int restarts_done_ = 0;
};

}  // namespace doorstep::journey
