using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>Finds what is near a position, among many, by cells of a grid that are larger than "near" means.</summary>
internal sealed class NearIndex
{
    private const double CellDegrees = 0.0005; // 55 m to the north; at 80° of latitude still 10 m to the east.

    /// <summary>
    /// The most positions that one cell keeps. A building may have more devices than that; what comes into a full cell is near one of them
    /// or is asked about all the same.
    /// </summary>
    private const int MaxInCell = 64;

    /// <summary>More degrees of latitude than two near positions are apart.</summary>
    private const double NearDegrees = 0.00014;

    private readonly Dictionary<(long, long), Dictionary<Position, (int Row, string? Device)>> _cells = [];

    public void Add(Position? position, int row, string? device)
    {
        if (position is not { } at)
            return;
        var cell = CellOf(at);
        if (!_cells.TryGetValue(cell, out var inside))
            _cells[cell] = inside = [];
        // Of several at one position the first is the nearest to whatever is near.
        if (inside.Count < MaxInCell)
            inside.TryAdd(at, (row, device));
    }

    /// <summary>
    /// The nearest within <see cref="ListComparison.NearMetres"/>; in a full cell the nearest in it, because one that was not kept may be
    /// nearer. Null when there is none.
    /// </summary>
    public (int Row, string? Device, double Metres)? Find(Position? position)
    {
        if (position is not { } at)
            return null;
        var (x, y) = CellOf(at);
        (int Row, string? Device, double Metres)? nearest = null;
        for (var east = x - 2; east <= x + 2; east++)
        {
            for (var north = y - 1; north <= y + 1; north++)
            {
                if (!_cells.TryGetValue((east, north), out var inside))
                    continue;
                var farthest = inside.Count == MaxInCell && (east, north) == (x, y) ? double.MaxValue : ListComparison.NearMetres;
                foreach (var (other, (row, device)) in inside)
                {
                    if (Math.Abs(other.Latitude - at.Latitude) > NearDegrees && farthest < double.MaxValue)
                        continue;
                    var metres = at.MetresTo(other);
                    if (metres <= farthest && !(nearest?.Metres <= metres))
                        nearest = (row, device, metres);
                }
            }
        }

        return nearest;
    }

    private static (long, long) CellOf(Position at) =>
        ((long)Math.Floor(at.Longitude / CellDegrees), (long)Math.Floor(at.Latitude / CellDegrees));
}
