using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Notices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Presence.History;
using SurveillanceRegistry.Postgres.Records;
using SurveillanceRegistry.Postgres.Staff;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>A month of a small city, made by the registry's own registers: at least one act of every kind.</summary>
public partial class ScriptedMonth(SharedCluster cluster) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(SmallCity.Noon);
    private StaffMember _editor = null!;
    private StaffMember _approver = null!;
    private StaffMember _heir = null!;
    private StaffMember _administrator = null!;
    private PolicyRegister _policies = null!;
    private ChangeRegister _changes = null!;

    internal Database Database { get; private set; } = null!;

    /// <summary>Signs the checkpoints of the month.</summary>
    internal PlainSigner Signer { get; } = new();

    /// <summary>Signs the notices of the month.</summary>
    internal NoticeKey NoticeKey { get; } = NoticeKey.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now
    {
        get
        {
            _time.Advance(TimeSpan.FromHours(3));
            return _time.GetUtcNow();
        }
    }

    public async ValueTask InitializeAsync()
    {
        Database = await OpenAsync(cluster);
        _policies = new PolicyRegister(Database.Source);
        _changes = new ChangeRegister(Database.Source);
        await HireAsync();
        await HoldAsync();
        await PublishCheckpointAsync();
        await AmendAsync();
        await RunDevicesAsync();
        await IssueNoticesAsync();
        await CloseDaysAsync();
        await PublishCheckpointAsync();
    }

    public ValueTask DisposeAsync()
    {
        NoticeKey.Dispose();
        GC.SuppressFinalize(this);
        return Database.DisposeAsync();
    }

    /// <summary>Opens the register in which the month passes.</summary>
    private protected virtual Task<Database> OpenAsync(SharedCluster cluster) => cluster.NewCityAsync();

    private Attribution Editor => _editor.AttributionAs(Role.Editor);

    private Attribution Approver => _approver.AttributionAs(Role.Approver);

    private static Attribution Clerk { get; } = new("device-clerk", "police", "st-clerkclerkclerk2");

    private async Task HireAsync()
    {
        var staff = new StaffRegister(Database.Source);
        var credentials = new StaffCredentialRegister(Database.Source);
        var tokens = new TokenRegister(Database.Source, staff);
        _editor = await AddAsync("ana", [Role.Editor], isProgram: false);
        _approver = await AddAsync("bo", [Role.Approver], isProgram: false);
        _heir = await AddAsync("dee", [Role.Editor], isProgram: false);
        _administrator = await AddAsync("flo", [Role.Administrator], isProgram: false);
        var program = await AddAsync("import", [Role.Editor, Role.DeviceClerk], isProgram: true);
        var leaver = await AddAsync("cy", [Role.Auditor], isProgram: false);
        await staff.ChangeAsync(leaver.Id, [Role.Auditor, Role.RecordsOfficer], null, Clerk, Now, Cancellation);
        await credentials.SetPasswordAsync(leaver.Id, StoredPassword.Own("a hash"), Clerk, Now, Cancellation);
        await credentials.SetSecondFactorAsync(leaver.Id, "a seed", 1, [ApiToken.Hash("a code")], Clerk, Now, Cancellation);
        await staff.ChangeAsync(leaver.Id, null, false, Clerk, Now, Cancellation);
        await staff.ChangeAsync(leaver.Id, null, true, Clerk, Now, Cancellation);
        await staff.ChangeAsync(leaver.Id, null, false, Clerk, Now, Cancellation);
        Assert.True(await staff.AnonymizeAsync(leaver.Id, Clerk, Now, Cancellation));
        await staff.BindSubjectAsync(_editor.Id, "https://idp.example|1", Now, Cancellation);
        var first = await MakeTokenAsync("nightly import");
        await MakeTokenAsync("map");
        await tokens.RevokeTokenAsync(first, Clerk, Now, Cancellation);

        async Task<StaffMember> AddAsync(string name, ImmutableArray<Role> roles, bool isProgram)
        {
            var member = new StaffMember(StaffMember.NewId(), name, name, "police", roles, isProgram, true, 1);
            Assert.True(await staff.AddAsync(member, null, Clerk, Now, Cancellation));
            return member;
        }

        Task<long> MakeTokenAsync(string label)
        {
            var grant = new TokenGrant(0, program.Id, [Role.Editor], label, default, SmallCity.Noon.AddYears(1), null);
            return tokens.AddTokenAsync(grant, ApiToken.Hash(ApiToken.New()), Clerk, Now, Cancellation);
        }
    }

    /// <summary>Places two legal holds, and ends one.</summary>
    private async Task HoldAsync()
    {
        var (holds, officer) = (new LegalHoldRegister(Database.Source), new Attribution("records-officer", null, "st-officerofficer22"));
        var ended = await holds.PlaceAsync(HeldRecords.Heartbeats, "Request 1", officer, Now, Cancellation);
        await holds.PlaceAsync(HeldRecords.SecurityLog, "Request 2", officer, Now, Cancellation);
        Assert.True((await holds.ReleaseAsync(ended.Entry, officer, Now, Cancellation)).IsDone);
    }

    private async Task AmendAsync()
    {
        var approved = await DraftAsync("Shorter retention", SmallCity.Until("2019-03-01"), SmallCity.From("2019-03-01"));
        approved = await ActAsync(approved, ChangeAct.Submitted, ChangeState.Submitted, Editor);
        approved = await ActAsync(approved, ChangeAct.Withdrawn, ChangeState.Withdrawn, Editor);
        approved = await ActAsync(approved, ChangeAct.Reopened, ChangeState.Draft, Editor);
        approved = await ActAsync(
            approved with
            {
                Proposal = Propose("A later day", 1, Later),
            },
            ChangeAct.Revised,
            ChangeState.Draft,
            Editor
        );
        approved = await ActAsync(approved, ChangeAct.Submitted, ChangeState.Submitted, Editor, "Please read the second page.");
        await ActAsync(approved, ChangeAct.Approved, ChangeState.Approved, Approver, "Read and compared.");
        await _policies.RecordDayAsync(
            new DateOnly(2026, 12, 1),
            [
                new EffectiveTransition("facility-camera", "manual-1.1", 1, RuleStatus.InForce, RuleStatus.Superseded),
                new EffectiveTransition("facility-camera", "manual-1.1", 2, RuleStatus.Scheduled, RuleStatus.InForce),
            ],
            Now,
            Cancellation
        );
        await _policies.RecordDayAsync(new DateOnly(2026, 12, 2), [], Now, Cancellation);

        var rejected = await DraftAsync("Longer retention", SmallCity.From("2019-04-01"));
        rejected = await ActAsync(rejected, ChangeAct.Submitted, ChangeState.Submitted, Editor);
        await ActAsync(rejected, ChangeAct.Rejected, ChangeState.Rejected, Approver, "The order says otherwise.");
        await HandOverAsync(await _changes.FindAsync(rejected.Id, Cancellation));
        var idea = await DraftAsync("An idea", SmallCity.From("2020-01-01"));
        await HandOverAsync(await ActAsync(idea, ChangeAct.Submitted, ChangeState.Submitted, Editor));
    }

    private async Task HandOverAsync(ChangeRequest? request)
    {
        var after = request! with { Version = request.Version + 1, Author = _heir.AttributionAs(Role.Editor) };
        var administrator = _administrator.AttributionAs(Role.Administrator);
        var outcome = await _changes.ActAsync(request, after, ChangeAct.HandedOver, administrator, "She has left.", Now, Cancellation);
        Assert.True(outcome!.IsDone);
    }

    private static EffectivePeriod[] Later => [SmallCity.Until("2026-12-01"), SmallCity.From("2026-12-01")];

    private static Proposal Propose(string reason, int revision, params EffectivePeriod[] periods) =>
        new(
            reason,
            new Source("Order 5", "https://city.example/5", new DateOnly(2026, 11, 20), Confidence.Sourced),
            [new ProposedDocument(PolicyDocument.For(SmallCity.With(periods).Governance.Table.Instruments[0]), revision)]
        );

    private Task<ChangeRequest> DraftAsync(string reason, params EffectivePeriod[] periods) =>
        _changes.DraftAsync(Propose(reason, 1, periods), Editor, Now, Cancellation);

    private async Task<ChangeRequest> ActAsync(ChangeRequest request, ChangeAct act, ChangeState state, Attribution by, string? note = null)
    {
        var isDecided = act is ChangeAct.Approved or ChangeAct.Rejected;
        var after = request with { Version = request.Version + 1, State = state, Decider = isDecided ? by : null };
        return (await _changes.ActAsync(request, after, act, by, note, Now, Cancellation))!.Value!;
    }

    private async Task IssueNoticesAsync()
    {
        var notices = new NoticeRegister(Database.Source);
        foreach (var (place, sequence) in new[] { (SmallCity.Lobby, 1), ("gate", 1), (SmallCity.Lobby, 2) })
        {
            var body = new NoticeBody([], ImmutableSortedDictionary<string, NoticeText>.Empty);
            var content = new NoticeContent(place, place, $"Smallville {sequence}", true, 90, body, body, []);
            var now = Now;
            var payload = NoticePayload.Write(content, SmallCity.Opening.Governance, sequence, now, 1);
            Assert.True(await notices.AppendAsync(SignedNotice.Sign(content, payload, sequence, now, NoticeKey), Cancellation));
        }
    }

    private async Task CloseDaysAsync()
    {
        var periods = new ObservedPeriodRegister(Database.Source);
        var period = await periods.BeginAsync(SmallCity.Noon, Cancellation);
        await WorkOutExpectedAsync();
        _time.Advance(TimeSpan.FromDays(3));
        await periods.ExtendAsync(period, Now, Cancellation);
        await new ExpectedStateRegister(Database.Source).RecordPassAsync(PassStep.Unchanged, _time.GetUtcNow(), Cancellation);
        await new HistorySealer(Database.Source, _time, NullLogger<HistorySealer>.Instance).SealAsync(Cancellation);
        await new ClockStepDetector(Database.Source, _time, NullLogger<ClockStepDetector>.Instance).LookAsync(Cancellation);
    }

    private async Task PublishCheckpointAsync()
    {
        var log = new LedgerLog(Database.Source);
        var head = await log.HeadAsync(Cancellation);
        var note = Signer.Sign(new Checkpoint(Signer.Name, head.Size, head.Root()).Text);
        await log.PublishCheckpointAsync(head.Size, note, Now, Cancellation);
    }

    /// <summary>A signer without a key: these tests change tables, not signatures.</summary>
    internal sealed class PlainSigner : ILogSigner
    {
        private const string Seal = "\n— plain\n";

        public string Name => "small.example/log";

        public string Vkey => string.Create(CultureInfo.InvariantCulture, $"{Name}+00000000+AA==");

        public string Sign(string text) => text + Seal;

        public string? Open(string note) => note.EndsWith(Seal, StringComparison.Ordinal) ? note[..^Seal.Length] : null;
    }
}
