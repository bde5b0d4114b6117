using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>Says why a list is not read. Thrown and caught within the readers.</summary>
/// <param name="row">0 for the whole file.</param>
internal sealed class UnreadableListException(string found, string expected, int row = 0) : Exception("The list cannot be read.")
{
    public CityList List => CityList.Unreadable(found, expected, row);
}
