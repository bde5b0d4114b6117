using System.Security.Claims;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Records;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Records;

/// <summary>The acts of a records officer on legal holds, for the API and the staff page.</summary>
public sealed class LegalHoldActs(ILegalHoldRegister register, TimeProvider time)
{
    /// <summary>Places a hold, if its reference can stand there.</summary>
    public async Task<Outcome<LegalHold>> PlaceAsync(
        HeldRecords? records,
        string? reference,
        ClaimsPrincipal officer,
        CancellationToken cancellationToken
    )
    {
        if (records is not { } held)
        {
            var words = string.Join(" or ", Enum.GetValues<HeldRecords>().Select(word => $"'{Domain.Json.Word(word)}'"));
            return new Refusal(RefusalCodes.Invalid, $"Name the records that are held: {words}.", "records");
        }

        return LegalHold.CheckReference(reference) is { } refusal
            ? refusal
            : await register.PlaceAsync(held, reference!, AsOfficer(officer), time.GetUtcNow(), cancellationToken);
    }

    /// <summary>Ends a hold. A person does, and no program: what it held may be deleted within the hour.</summary>
    /// <param name="entry">The number of the hold.</param>
    public async Task<Outcome<LegalHold>> ReleaseAsync(long entry, ClaimsPrincipal officer, CancellationToken cancellationToken) =>
        officer.IsProgram()
            ? new Refusal(RefusalCodes.NotAPerson, "A person ends a legal hold, on its page: a program cannot.")
            : await register.ReleaseAsync(entry, AsOfficer(officer), time.GetUtcNow(), cancellationToken);

    private static Domain.Ledger.Attribution AsOfficer(ClaimsPrincipal officer) => officer.AttributionAs(Role.RecordsOfficer);
}
