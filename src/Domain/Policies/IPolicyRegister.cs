using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Policies;

/// <summary>All that policy staff keep: the city, its governance table and the words of its notices.</summary>
public sealed record Governance(City City, GovernanceTable Table, ImmutableArray<Wording> Wordings);

/// <summary>A file from which the register was opened: its name under the checkout and the SHA-256 of its bytes, lower-case hex.</summary>
public sealed record OpeningFile(string Name, string Sha256);

/// <summary>Everything that the files under <c>policies/</c> and <c>devices/</c> say, read without an error.</summary>
public sealed record Opening(Governance Governance, ImmutableArray<Place> Places, ImmutableArray<Kiosk> Kiosks, ImmutableArray<Device> Devices, ImmutableArray<OpeningFile> Files);

/// <summary>The governance table as it is remembered.</summary>
public interface IPolicyRegister
{
    /// <summary>Whether nothing has ever been registered.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Fills an empty register in one transaction: all of it, under one opening entry that names every file, or nothing.</summary>
    /// <param name="opening">What the files say.</param>
    /// <param name="at">When it is recorded.</param>
    /// <returns>False, with nothing changed, when the register was not empty.</returns>
    Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The files that the register was opened from.</summary>
    Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken);

    /// <summary>All that policy staff keep, as registered.</summary>
    Task<Governance> LoadAsync(CancellationToken cancellationToken);
}
