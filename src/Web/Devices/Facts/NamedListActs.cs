using System.Security.Claims;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Devices.Facts;

/// <summary>The act that adds a name to a list, for the API and the staff page.</summary>
public sealed class NamedListActs(INamedListRegister lists, TimeProvider time)
{
    /// <summary>Adds a name, if it can stand in its list.</summary>
    public async Task<Outcome<ListedName>> AddAsync(
        ListedName name,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Check(NamedLists.From(await lists.AllAsync(cancellationToken))) is { IsEmpty: false } refusals)
            return refusals;
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        return await lists.AddAsync(name, clerk.AttributionAs(Role.DeviceClerk), reason ?? "", time.GetUtcNow(), cancellationToken);
    }
}
