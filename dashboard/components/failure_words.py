"""What went wrong with a run, as a steward says it: one sentence for each thing to do. The message itself stands below it."""

from __future__ import annotations

import re

from dashboard.i18n import N_, t

# Our own sentences, each by how it begins: behind the origin, the name of a file, "the answer", or another file's sentence.
# What a source or a file puts into them (an address, a name, a driver's words) must not choose the words.
_BEGIN = r"(?:\A|: |; |the answer |' )"
_OURS = (
    (r"\Asomething unforeseen", N_("程序出了没料到的错：请在日志里查这个编号，交给维护程序的人")),
    (r"interrupted: the worker", N_("被打断：采集进程中途停了，下次从断点接着读")),
    (r"\Athe process that reads and maps ended", N_("采集的子进程中途被停掉：会自动从断点接着读，久了请看服务器内存够不够")),
    (r"\Athe disk is full", N_("磁盘满了：没有丢数据，腾出空间后自动继续")),
    (r"\A(?:the database (?:does not answer|cannot be written|file cannot)|another process holds the database)",
     N_("数据库暂时写不进去：没有丢数据，恢复后自动继续")),
    ("is a web page instead", N_("对方给的是网页而不是数据：多半登录过期或正在维护，会自动重试，久了请联系对方")),
    ("refuses our credentials", N_("对方不认我们的凭据：请核对令牌或密码")),
    ("the token service does not", N_("对方的令牌服务应答不对：会自动重试，久了请联系对方")),
    ("the token service gives", N_("对方的令牌用不上：请核对 feed.toml 里的 auth")),
    ("the server is busy or broken", N_("对方系统忙或出错：会自动重试，久了请联系对方")),
    ("not finished within|does not answer in time", N_("对方应答太慢：会自动重试，久了请联系对方")),
    ("cannot be reached|the connection failed", N_("连不上对方：会自动重试，久了请检查线路")),
    ("broke off in the middle of its answer|the database ended the connection", N_("对方中途断开：会自动接着读，久了请检查线路")),
    ("sends us elsewhere", N_("对方把我们引到别处，没有跟去：请核对地址和登录凭据")),
    (r"does not accept the request|answers HTTP", N_("对方不接受这个请求：请核对 feed.toml 里的地址和参数")),
    ("its certificate is not trusted", N_("对方的证书不可信：请核对地址，自签证书写进 transport.tls 的 ca")),
    (r"refuses our certificate|transport\.tls", N_("我们的证书用不上：请核对 transport.tls 的 ca、cert 和 key")),
    (r"headers or credentials hold|transport\.headers holds", N_("请求头或凭据里有不能发送的字符：请核对令牌和 headers")),
    ("unpacks into", N_("解开后大得反常，已拒收：请来源核查这个文件，属实就分成小份")),
    (r"more than [\d,]+ bytes|has [\d,]+ (?:bytes|rows|columns|sheets), more than|takes more than|could not be read within"
     r"|is a zip file with [\d,]+ members|is a zip file of the kind for more", N_("超过大小上限，没有收：请来源分成小份，或在 feed.toml 里放宽上限")),
    ("holds a document type", N_("XML 里夹带实体或外部引用，已拒收：请来源去掉后重发")),
    (r"is not (?:a )?whole|ends in the middle of|ends inside the quotes|broke off in the middle of its packed"
     r"|sent a body that cannot|is not JSON Lines", N_("数据没有传完整：会自动重来，久了请联系对方")),
    (r"is still being written|is empty: not yet|cannot be read now", N_("文件还没写完，或暂时读不了：会自动重来")),
    (r"(?<=the answer )is empty", N_("对方给的应答是空的：会自动重试，久了请联系对方")),
    (r"is empty\Z|is empty(?=; )", N_("压缩包里有空文件：请来源重新打包")),
    ("reports a failure", N_("对方自己报了错：会自动重试，久了请联系对方")),
    (r"[^;]*? says \d+ rows, but only", N_("对方报的总数与给的行数不符：会自动重试，久了请核对 feed.toml 里的 paging")),
    (r"is not [\w-]+(?: \(line \d|: it has no byte order mark)|is \S+ by its (?:byte order mark|XML declaration)|is UTF-8, but"
     r"|is in none of the encodings|could be \S+ or|says that its answer is",
     N_("编码与约定不符：请核对来源导出的编码和 feed.toml 里的 encoding")),
    ("has no column|has the column|no row with the column names|ends before its header row", N_("列与约定不符：来源改了表，请核对 feed.toml")),
    (r"has no list of rows|has no element|is (?:JSON |XML )?nested too deeply|line \d+ has more than",
     N_("数据的结构与约定不符：请核对 feed.toml 里的 rows 和 format")),
    (r"line \d+ is not CSV|its columns are separated by none|has a row of more than", N_("分隔符或引号与约定不符：请核对 feed.toml 里的 delimiter 和 quote")),
    ("is protected by a password|is encrypted", N_("文件有密码：请来源发不加密的")),
    ("has no sheet ", N_("工作簿里没有约定的表：请核对 feed.toml 里的 sheets")),
    ("is not a workbook|has merged cells|has cells with errors", N_("工作簿读不了：请来源用 Excel 或 WPS 另存后重发")),
    ("has no member named", N_("压缩包里没有约定的文件：请核对 feed.toml 里的 members")),
    ("is a zip file of a kind|is packed in a way|a zip in a zip|packs its answer with", N_("这种压缩方式读不了：请来源改用普通 zip 或 gzip")),
    ("rows do not rise", N_("对方没有按时间先后给数据：请在 feed.toml 的 since 里写 ordered = false")),
    (r"[^;]*?(?: leads to \S+, which transport\.hosts| is not an http\(s\) address)|the link to the next page carries",
     N_("对方给的地址不在许可之列，没有跟去：请核对，确属来源就写进 feed.toml 的 hosts")),
    (r"more than [\d,]+ pages|no whole number at|sends the same rows again|[^;]*? does not move on from|what is at .* is no (?:cursor|address)"
     r"|points to the same next page|the link to the next page is not", N_("翻页与约定不符：请核对 feed.toml 里的 paging")),
    (r"there is no such|is no ordinary file", N_("文件或文件夹找不到：请核对 feed.toml 里的路径")),
    (r"holds more than one statement|is not a query|has the word|:\w.* is not declared in|does not use the parameter|cannot be read \(.*query_file",
     N_("查询文件不合要求：请核对 feed.toml 里的 query_file")),
    (r"transport\.url is not|no driver for this kind", N_("数据库地址不对，或缺它的驱动：请核对 feed.toml 里的 url")),
    (r"[^;]*? is not written as since\.format", N_("时间的写法与约定不符：请核对 feed.toml 里的 since")),
    (r"transport\.body: |auth\.key is not written", N_("feed.toml 里的 body 或 auth 写得不对：请核对")),
    (r"(?:feed \w+: )?set \S+.* in the environment", N_("还没有给凭据：请在环境变量里写上")),
)  # fmt: skip
# Words of database drivers; only what comes after the address is looked at.
_DRIVERS = (
    ("authentication|denied|no pg_hba|role .* does not exist", N_("数据库不认我们的账号：请核对用户、密码和权限")),
    ("no such|not exist|unknown", N_("数据库里没有这个库、表或列：请核对 feed.toml")),
    ("time ?out|timed out|interrupted", N_("对方应答太慢：会自动重试，久了请联系对方")),
    ("connect|refused|resolve|translate host", N_("连不上对方：会自动重试，久了请检查线路")),
    ("locked|busy", N_("对方的数据库正忙：会自动重试，久了请联系对方")),
    ("; check transport.url, table", N_("对方的数据库不接受这个查询：请核对 feed.toml 里的 url 和表")),
)
_KNOWN = tuple((re.compile(rf"{_BEGIN}(?:{sign})"), words) for sign, words in _OURS)
_FOREIGN = tuple((re.compile(sign, re.IGNORECASE), words) for sign, words in _DRIVERS)


def failure(error: str) -> str:
    """What went wrong and what to do, in the reader's words; of several files' troubles the first that is told."""
    found = [(m.start(), place, words) for place, (sign, words) in enumerate(_KNOWN) if (m := sign.search(error))]
    if found:
        return t(min(found)[2])
    foreign = next((words for sign, words in _FOREIGN if sign.search(error.partition(": ")[2])), None)
    return t(foreign) if foreign else t("采集没有成功")
