using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>
/// The status of a change request: an approved one is scheduled until the first day that it names, then in force.
/// </summary>
internal static class ChangeStatusText
{
    /// <summary>
    /// <c>draft</c>, <c>submitted</c>, <c>scheduled</c>, <c>in-force</c>, <c>rejected</c> or <c>withdrawn</c>, as of a day.
    /// </summary>
    public static string For(ChangeRequest request, GovernanceHistory history, DateOnly today) =>
        request.State != ChangeState.Approved ? Json.Word(request.State)
        : FirstDay(request, history, today) is { } first
            ? first > today ? "scheduled"
                : "in-force"
        : request.Proposal.Documents.Any(proposed => StillWaits(proposed, history, today)) ? "scheduled"
        : "in-force";

    /// <summary>
    /// Whether a version of the document waits for a condition for which none waited before, and no later change has recorded a first day
    /// that has come.
    /// </summary>
    private static bool StillWaits(ProposedDocument proposed, GovernanceHistory history, DateOnly today)
    {
        if (proposed.Document.Kind != DocumentKind.Instrument)
            return false;
        var before = history.Revision(proposed) is { } revision ? Waiting(revision.Document) : [];
        var added = Waiting(proposed.Document)
            .Where(version => before.All(old => old.Effective.Condition != version.Effective.Condition))
            .ToArray();
        if (added.Length == 0 || history.LatestOf(DocumentKind.Instrument, proposed.Document.Id) is not { } latest)
            return added.Length > 0;
        // The request itself may not be recorded yet.
        return latest.Number <= proposed.Base
            || latest
                .Document.Value<Instrument>()
                .Versions.Any(version =>
                    added.Any(one => one.Id == version.Id)
                    && (version.Effective.Condition is not null || version.Effective.EarliestPossibleStart > today)
                );
    }

    private static InstrumentVersion[] Waiting(PolicyDocument document) =>
        [.. document.Value<Instrument>().Versions.Where(version => version.Effective.Condition is not null)];

    /// <summary>
    /// The first day, from today on, on which the request makes a difference to a row of the governance table or to any other document;
    /// null when it only changes what is recorded of the past.
    /// </summary>
    public static DateOnly? FirstDay(ChangeRequest request, GovernanceHistory history, DateOnly today)
    {
        DateOnly? first = null;
        foreach (var proposed in request.Proposal.Documents)
        {
            var before = history.Revision(proposed)?.Document;
            if (before == proposed.Document)
                continue;
            if (proposed.Document.Kind != DocumentKind.Instrument)
                return today;
            if (FirstDay(before, proposed.Document, history.Current.Table.Technologies, today) is { } day && !(first <= day))
                first = day;
        }

        return first;
    }

    private static DateOnly? FirstDay(PolicyDocument? before, PolicyDocument after, ImmutableArray<Technology> technologies, DateOnly today)
    {
        ImmutableArray<Instrument> old = before is null ? [] : [before.Value<Instrument>()];
        var instrument = after.Value<Instrument>();
        if (old.Any(one => one with { Versions = instrument.Versions } != instrument))
            return today;
        var (then, now) = (new GovernanceTable(technologies, old), new GovernanceTable(technologies, [instrument]));
        return old.Append(instrument)
            .SelectMany(one => one.Versions)
            .SelectMany(version => DaysOfChange(version.Effective))
            .Append(today)
            .Where(day => day >= today)
            .Distinct()
            .Order()
            .Cast<DateOnly?>()
            .FirstOrDefault(day => !Terms(then, day!.Value).SequenceEqual(Terms(now, day.Value)));
    }

    private static IEnumerable<DateOnly> DaysOfChange(EffectivePeriod period) =>
        new DateOnly?[]
        {
            period.From?.Earliest,
            period.From?.Latest,
            period.FromNotBefore?.Earliest,
            period.FromKnownBy?.Earliest,
            period.To?.Earliest,
            period.To?.Latest,
            period.EndKnownBy?.Latest,
        }.OfType<DateOnly>();

    /// <summary>
    /// What holds on a day, as text. Neither the number of a version nor its end is in it: an end makes its difference on the day on which
    /// it comes.
    /// </summary>
    private static IEnumerable<string> Terms(GovernanceTable table, DateOnly day) =>
        table
            .On(day)
            .Where(row => row is { Version: not null, Status: not RuleStatus.Scheduled, IsWaiting: false })
            .Select(row =>
                $"{row.Technology.Id} {row.Status} {row.Certainty} "
                + System.Text.Json.JsonSerializer.Serialize(
                    row.Version! with
                    {
                        Number = 0,
                        Effective = row.Version.Effective with { To = null, Ended = false, EndKnownBy = null },
                        Rules = [row.Rule!],
                    },
                    Json.Options
                )
            );
}
