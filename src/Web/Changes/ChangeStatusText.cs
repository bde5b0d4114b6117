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
        : FirstDay(request, history) > today ? "scheduled"
        : "in-force";

    /// <summary>The latest first day of the versions that the request adds or moves; null when it names no day.</summary>
    public static DateOnly? FirstDay(ChangeRequest request, GovernanceHistory history)
    {
        DateOnly? first = null;
        foreach (var proposed in request.Proposal.Documents.Where(one => one.Document.Kind == DocumentKind.Instrument))
        {
            var before =
                history
                    .RevisionsOf(DocumentKind.Instrument, proposed.Document.Id)
                    .FirstOrDefault(one => one.Number == proposed.Base)
                    ?.Document.Value<Instrument>()
                    .Versions
                ?? [];
            foreach (var version in proposed.Document.Value<Instrument>().Versions)
            {
                var old = before.FirstOrDefault(one => one.Number == version.Number);
                if (
                    old?.Effective != version.Effective
                    && version.Effective.From is { } from
                    && old?.Effective.From != from
                    && (first is null || from.Earliest > first)
                )
                    first = from.Earliest;
            }
        }

        return first;
    }
}
