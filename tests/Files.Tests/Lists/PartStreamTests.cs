using System.Text;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Lists;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>What is measured of a part, however its bytes arrive.</summary>
public sealed class PartStreamTests
{
    private static readonly string Long = new('x', 6 * CityList.MaxCell + 4);

    private static bool IsRead(string text, int piece)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var copy = new MemoryStream();
        using var part = new PartStream(content, new UnpackLimit(TestContext.Current.CancellationToken), copy);
        var buffer = new byte[piece];
        try
        {
            while (part.Read(buffer) > 0) { }
        }
        catch (UnreadableListException)
        {
            return false;
        }

        Assert.Equal(text, Encoding.UTF8.GetString(copy.ToArray()));
        return true;
    }

    [Theory]
    [InlineData("<!--{0}-->", false)]
    [InlineData("<!--><{0}-->", false)]
    [InlineData("<!---><{0}-->", false)]
    [InlineData("<!-- -><!-- <? ?> ]]> <{0}-->", false)]
    [InlineData("<![CDATA[ --> ?> ]> <{0}]]>", false)]
    [InlineData("<??><{0}", false)]
    [InlineData("<?><{0}", false)]
    [InlineData("<a b='{0}'/>", false)]
    [InlineData("<!-- <a> --><b/>", true)]
    [InlineData("<![CDATA[<]]><b/>", true)]
    [InlineData("<?a <b> ?><b/>", true)]
    [InlineData("<a>--></a>]]>?>", true)]
    public void A_mark_is_found_wherever_the_bytes_are_divided(string pattern, bool isRead)
    {
        var text = isRead
            ? string.Concat(Enumerable.Repeat(pattern, 20_000))
            : string.Concat(Enumerable.Repeat("<b/>", 5))
                + pattern.Replace("{0}", Long.Replace("xxxx", "<> x", StringComparison.Ordinal), StringComparison.Ordinal);
        if (pattern is "<??><{0}" or "<a b='{0}'/>")
            text = text.Replace("<> x", "xxxx", StringComparison.Ordinal);
        foreach (var piece in new[] { 1, 2, 3, 4, 5, 7, 64, 4096 })
            Assert.Equal(isRead, IsRead(text, piece));
    }
}
