using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>The governance table as <see cref="GovernanceApi"/> writes it, row by row.</summary>
/// <param name="AsOf">The day of the law.</param>
/// <param name="KnownAt">The instant whose knowledge it shows.</param>
/// <param name="KnownSince">When the registry was opened: it has no knowledge of earlier instants.</param>
/// <param name="Next">What `after` must be for the next page; null on the last one.</param>
internal sealed record TableResponse(
    [property: Day] string AsOf,
    [property: Instant] string KnownAt,
    [property: Instant] string KnownSince,
    ImmutableArray<RowResponse> Rows,
    string? Next
);

/// <summary>A row of the governance table.</summary>
internal sealed record RowResponse(
    NameResponse Technology,
    InstrumentTextResponse Instrument,
    RuleStatus Status,
    Certainty Certainty,
    PeriodResponse Effective,
    ImmutableArray<Capture> Capture,
    ImmutableArray<Retention> Retention,
    ImmutableArray<RequiredNotice> Notice,
    RecordsAccess RecordsAccess,
    ImmutableArray<string> Departments,
    string? Note,
    ImmutableArray<string> DisagreesWith,
    string? SupersededBy,
    ScheduledResponse? Scheduled,
    StatementResponse? Statement,
    Source? Source,
    int? Version
)
{
    private static readonly RecordsAccess NotKnown = new(RecordsAccessKind.NotKnown);

    public static RowResponse From(GovernanceRow row) =>
        new(
            new NameResponse(row.Technology.Id, row.Technology.Name),
            new InstrumentTextResponse(
                row.Instrument.Id,
                row.Instrument.Kind,
                row.Instrument.Citation,
                row.Version?.Title,
                row.Version?.Passed,
                row.Version?.Signed,
                row.Version?.Filed,
                row.Version?.By
            ),
            row.Status,
            row.Certainty,
            PeriodResponse.Create(row.Version?.Effective),
            row.Rule?.Capture ?? [],
            row.Rule?.Retention ?? [],
            row.Rule?.Notice ?? [],
            row.Rule?.RecordsAccess ?? NotKnown,
            row.Rule?.Departments ?? [],
            row.Rule?.Note,
            row.DisagreesWith,
            row.Version?.SupersededBy,
            row.Next is { } next ? new ScheduledResponse(next.Number, next.Title, PeriodResponse.Create(next.Effective)) : null,
            row.Technology.Statement is { } statement && statement.Instrument == row.Instrument.Id
                ? new StatementResponse(statement.Technology, statement.Governance)
                : null,
            row.Version?.Source,
            row.Version?.Number
        );
}

internal sealed record NameResponse(string Id, string Name);

internal sealed record InstrumentTextResponse(
    string Id,
    InstrumentKind Kind,
    string Citation,
    string? Title,
    LawDate? Passed,
    LawDate? Signed,
    LawDate? Filed,
    string? By
);

internal sealed record ScheduledResponse(int Version, string Title, PeriodResponse Effective);

internal sealed record StatementResponse(string Technology, string Governance);

/// <summary>A period with what is known of its two ends.</summary>
internal sealed record PeriodResponse(
    LawDate? From,
    DatePrecision FromPrecision,
    LawDate? To,
    DatePrecision ToPrecision,
    LawDate? FromKnownBy,
    LawDate? EndKnownBy,
    LawDate? FromNotBefore,
    string? Condition
)
{
    public static PeriodResponse Create(EffectivePeriod? period) =>
        period is null
            ? new PeriodResponse(null, DatePrecision.Unknown, null, DatePrecision.Unknown, null, null, null, null)
            : new PeriodResponse(
                period.From,
                period.FromPrecision,
                period.To,
                period.ToPrecision,
                period.FromKnownBy,
                period.EndKnownBy,
                period.FromNotBefore,
                period.Condition
            );
}

/// <summary>The status of an instrument for a technology on the day asked for.</summary>
internal sealed record StatusResponse(
    string? Technology,
    string? Instrument,
    string? Citation,
    RuleStatus Status,
    Certainty Certainty,
    int? Version,
    ImmutableArray<string> DisagreesWith
)
{
    public static StatusResponse ForTechnology(GovernanceRow row) =>
        new(row.Technology.Id, null, null, row.Status, row.Certainty, row.Version?.Number, row.DisagreesWith);

    public static StatusResponse ForInstrument(GovernanceRow row) =>
        new(null, row.Instrument.Id, row.Instrument.Citation, row.Status, row.Certainty, row.Version?.Number, row.DisagreesWith);
}

/// <summary>An instrument with all its versions and its status.</summary>
/// <param name="Revision">The number of this recorded revision: the base of a proposal to change it.</param>
internal sealed record InstrumentResponse(
    string Id,
    InstrumentKind Kind,
    string Citation,
    string Authority,
    string? Url,
    ImmutableArray<VersionResponse> Versions,
    ImmutableArray<string> Supersedes,
    [property: Day] string AsOf,
    ImmutableArray<StatusResponse> Standing,
    int Revision,
    [property: Instant] string RecordedAt,
    long Entry
);

/// <param name="Id">The identity of the version, which stays when the numbers change.</param>
internal sealed record VersionResponse(
    string Id,
    int Version,
    string Title,
    PeriodResponse Effective,
    LawDate? Passed,
    LawDate? Signed,
    LawDate? Filed,
    string? By,
    string? SupersededBy,
    Source Source,
    ImmutableArray<RuleResponse> Rules
)
{
    public static VersionResponse From(InstrumentVersion version) =>
        new(
            version.Id,
            version.Number,
            version.Title,
            PeriodResponse.Create(version.Effective),
            version.Passed,
            version.Signed,
            version.Filed,
            version.By,
            version.SupersededBy,
            version.Source,
            [.. version.Rules.Select(RuleResponse.From)]
        );
}

/// <summary>What one version of an instrument says of one technology.</summary>
/// <param name="Capture">What the text permits the technology to capture; empty when it permits nothing by itself.</param>
/// <param name="Departments">The departments whose devices it applies to; empty: every department.</param>
/// <param name="Pauses">True when the text does not permit the technology but pauses it.</param>
/// <param name="Note">A sentence for readers of the table.</param>
/// <param name="Purposes">The purposes for which the text permits its use, most important first.</param>
/// <param name="Sharing">The recipients that may be given recordings, in the words of the text.</param>
/// <param name="Owner">Id of the department that is responsible for this row.</param>
/// <param name="ReviewBy">The day by which the owner must have reviewed this row.</param>
internal sealed record RuleResponse(
    string Technology,
    ImmutableArray<Capture> Capture,
    ImmutableArray<Retention> Retention,
    ImmutableArray<RequiredNotice> Notice,
    RecordsAccess RecordsAccess,
    ImmutableArray<string> Departments,
    bool Pauses,
    string? Note,
    ImmutableArray<string> Purposes,
    ImmutableArray<string> ProhibitedUses,
    string? Sharing,
    string? Owner,
    DateOnly? ReviewBy
)
{
    public static RuleResponse From(Rule rule) =>
        new(
            rule.Technology,
            rule.Capture,
            rule.Retention,
            rule.Notice,
            rule.RecordsAccess,
            rule.Departments,
            rule.Pauses,
            rule.Note,
            rule.Purposes,
            rule.ProhibitedUses,
            rule.Sharing,
            rule.Owner,
            rule.ReviewBy
        );
}

/// <summary>A technology and the instruments that govern it.</summary>
internal sealed record TechnologyResponse(
    string Id,
    string Name,
    string? Purpose,
    Source? PurposeSource,
    StatementRow? Statement,
    [property: Day] string AsOf,
    ImmutableArray<StatusResponse> GovernedBy,
    int Revision,
    [property: Instant] string RecordedAt,
    long Entry
);

/// <summary>A recorded revision: what it changed, as data and as sentences, and the roles of the persons who made it.</summary>
internal sealed record RevisionResponse(
    int Revision,
    [property: Instant] string RecordedAt,
    long Entry,
    long? Change,
    string? Reason,
    Source? Source,
    ImmutableArray<ActorResponse> By,
    ImmutableArray<DifferenceResponse> Differences,
    ImmutableArray<string> Sentences
)
{
    public static RevisionResponse From(RevisionText words) =>
        new(
            words.Revision.Number,
            LedgerEntry.FormatTime(words.Revision.RecordedAt),
            words.Revision.Entry,
            words.Revision.Change,
            words.Change?.Reason,
            words.Change?.Source,
            words.Change is { } change
                ? [ActorResponse.From("drafted", change.Author), ActorResponse.From("approved", change.Approver)]
                : [new ActorResponse("opened", Attribution.Registry.Role, null, "registry")],
            [
                .. words.Sentences.Select(sentence => new DifferenceResponse(
                    sentence.Difference.NumberedPath(words.Before, words.Revision.Document),
                    Value(sentence.Difference.Before),
                    Value(sentence.Difference.After),
                    sentence.WithBasis(words.Change?.Source)
                )),
            ],
            [.. words.Sentences.Select(sentence => sentence.WithBasis(words.Change?.Source))]
        );

    private static JsonNode? Value(string? json) => json is null ? null : JsonNode.Parse(json);
}

/// <summary>The actor of an act: a role and a department, never a name.</summary>
/// <param name="Actor"><c>person</c>, <c>program</c> or <c>registry</c>.</param>
internal sealed record ActorResponse(string Act, string Role, string? Department, string Actor)
{
    public static ActorResponse From(string act, PublicActor actor) =>
        new(act, actor.Role, actor.Department, actor.IsProgram ? "program" : "person");
}

internal sealed record DifferenceResponse(ImmutableArray<string> Path, JsonNode? Before, JsonNode? After, string Sentence);
