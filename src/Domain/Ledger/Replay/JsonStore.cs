using System.Runtime.InteropServices;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// Values of JSON that wait for their comparison, one after the other in large blocks. As objects of their own those of a large city would
/// be moved by each collection of garbage.
/// </summary>
internal sealed class JsonStore
{
    private const int BlockBytes = 1024 * 1024;

    private byte[] _block = [];
    private int _used;

    /// <summary>Copies a value.</summary>
    public ReadOnlyMemory<byte> Add(JsonElement json)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(json);
        if (bytes.Length > _block.Length - _used)
            (_block, _used) = (new byte[Math.Max(BlockBytes, bytes.Length)], 0);
        var kept = _block.AsMemory(_used, bytes.Length);
        bytes.CopyTo(kept.Span);
        _used += bytes.Length;
        return kept;
    }
}
